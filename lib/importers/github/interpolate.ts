import { secretNameSchema } from '../../core/model/secret';
import { evaluate, type Known, type Scope, textOf } from './evaluate';
import { type Expression, parseExpression } from './expression';

/** A piece of a text that holds expressions. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly source: string; readonly tree: Expression | undefined };

/** Splits a text at its `${{ ... }}`. O(length); braces in an expression's own texts do not end it. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (let open = text.indexOf('${{'); open >= 0; open = text.indexOf('${{', from)) {
    const close = endOf(text, open + 3);
    if (close < 0) break;
    if (open > from) found.push({ kind: 'text', text: text.slice(from, open) });
    const source = text.slice(open + 3, close).trim();
    found.push({ kind: 'expression', source, tree: parseExpression(source) });
    from = close + 2;
  }
  if (from < text.length) found.push({ kind: 'text', text: text.slice(from) });
  return found;
}

function endOf(text: string, from: number): number {
  let isQuoted = false;
  for (let i = from; i < text.length; i++) {
    if (text[i] === "'") isQuoted = !isQuoted;
    else if (!isQuoted && text[i] === '}' && text[i + 1] === '}') return i;
  }
  return -1;
}

/** Where a piece's value comes from: it is known, or a variable of the environment holds it, or neither. */
export type Resolved =
  | { readonly kind: 'text'; readonly text: string }
  /** `isGiven`: the graph sets the variable itself. */
  | {
      readonly kind: 'variable';
      readonly name: string;
      readonly source: string;
      readonly isGiven?: true;
      readonly isSecret?: boolean;
    }
  | { readonly kind: 'unknown'; readonly source: string };

function resolvePieces(text: string, scope: Scope): Resolved[] {
  return pieces(text).map((piece): Resolved => {
    if (piece.kind === 'text') return piece;
    const { source, tree } = piece;
    const known = tree && evaluate(tree, scope);
    if (known) return { kind: 'text', text: textOf(known.value) };
    const given = tree?.kind === 'context' ? scope.variable?.(tree.path) : undefined;
    if (given !== undefined) return { kind: 'variable', name: given, source, isGiven: true };
    const name = tree?.kind === 'context' ? variableOf(tree.path) : undefined;
    if (name === undefined) return { kind: 'unknown', source };
    return { kind: 'variable', name, source, isSecret: isSecret(tree, name) };
  });
}

/** The value of something that is a literal or holds expressions: a condition, a number, a flag. */
export function resolveValue(given: string | number | boolean | null, scope: Scope): Known {
  if (typeof given !== 'string') return { value: given };
  const parts = pieces(given);
  const [only] = parts;
  if (parts.length === 1 && only?.kind === 'expression') return only.tree && evaluate(only.tree, scope);
  const resolved = resolvePieces(given, scope);
  if (resolved.some(({ kind }) => kind !== 'text')) return undefined;
  return { value: resolved.map((part) => (part.kind === 'text' ? part.text : '')).join('') };
}

/** What the graph itself can name as a secret. */
function isSecret(tree: Expression | undefined, name: string): boolean {
  const context = tree?.kind === 'context' ? tree.path[0]?.toLowerCase() : undefined;
  return context === 'secrets' && secretNameSchema.safeParse(name).success;
}

/** The input that a path leads to: `inputs.x`, or `github.event.inputs.x`, which is text whatever its type. */
export function inputOf(path: readonly string[]): string | undefined {
  const [first, second, third] = path.map((name) => name.toLowerCase());
  if (first === 'inputs' && path.length === 2) return second;
  return first === 'github' && second === 'event' && third === 'inputs' && path.length === 4
    ? path[3]!.toLowerCase()
    : undefined;
}

/** The variable that carries the same value where the command runs; undefined when there is none. */
export function variableOf(path: readonly string[]): string | undefined {
  const input = inputOf(path);
  const [context, name, ...rest] = input === undefined ? path : ['inputs', input];
  if (context === undefined || name === undefined || rest.length > 0) return undefined;
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) return undefined;
  const upper = name.replaceAll('-', '_').toUpperCase();
  switch (context.toLowerCase()) {
    case 'env':
    case 'secrets':
      return name.replaceAll('-', '_');
    // GitHub keeps their names in capitals, however they are written.
    case 'vars':
      return upper;
    case 'github':
      return upper === 'EVENT' ? undefined : `GITHUB_${upper}`;
    case 'runner':
      return `RUNNER_${upper}`;
    case 'inputs':
      return `INPUT_${upper}`;
    default:
      return undefined;
  }
}
