import { shellQuote } from '../../core/dag/shell/word';
import {
  flagOf,
  type Located,
  mapOf,
  refuse,
  type Spot,
  settingOf,
  type Tell,
  textOf,
} from '../located/located';
import type { Lookup } from './evaluate';

export interface Variable {
  readonly name: string;
  readonly value: string;
  /** Nothing in it is expanded. */
  readonly isRaw: boolean;
  readonly spot: Spot;
}

export type Variables = ReadonlyMap<string, Variable>;

/** @throws RepriseError INPUT_INVALID */
export function readVariables(value: Located | undefined): Map<string, Variable> {
  const read = new Map<string, Variable>();
  for (const [name, entry] of value ? mapOf(value).entries : []) {
    read.set(name, { name, ...contentOf(entry.value), spot: entry.spot });
  }
  return read;
}

function contentOf(value: Located): { value: string; isRaw: boolean } {
  if (value.kind === 'plain') return { value: textOf(value), isRaw: false };
  if (value.kind !== 'map') throw refuse(value.spot, 'a variable is text, or a mapping with its `value`');
  const content = settingOf(value, 'value');
  const expand = settingOf(value, 'expand');
  return { value: content ? textOf(content) : '', isRaw: expand ? !flagOf(expand) : false };
}

/** A part of a value: text, or a variable that stands in it. */
type Piece = { readonly text: string } | { readonly name: string };

/**
 * The pieces of a value as GitLab's runner expands it: `$X` and `${X}`; `$$` is a dollar sign; `$1` and the like, and
 * whatever else stands in `${...}`, come to nothing.
 * @see https://pkg.go.dev/os#Expand which gitlab-runner uses (common/spec/variables.go)
 */
function piecesOf(value: string): { readonly pieces: Piece[]; readonly lost: string[] } {
  const pieces: Piece[] = [];
  const lost: string[] = [];
  let at = 0;
  for (const match of value.matchAll(/\$(?:\$|\{([^}]*)\}|([A-Za-z_]\w*)|[*#@!?0-9-])/g)) {
    if (match.index > at) pieces.push({ text: value.slice(at, match.index) });
    at = match.index + match[0].length;
    const name = match[1] ?? match[2];
    if (match[0] === '$$') pieces.push({ text: '$' });
    else if (name !== undefined && /^[A-Za-z_]\w*$/.test(name)) pieces.push({ name });
    else lost.push(match[0]);
  }
  if (at < value.length) pieces.push({ text: value.slice(at) });
  return { pieces, lost };
}

/** Names of variables that a text refers to, in any of GitLab's forms. */
function namesIn(text: string): string[] {
  return piecesOf(text).pieces.flatMap((piece) => ('name' in piece ? [piece.name] : []));
}

/** A setting with its variables put in; undefined where one of them is not known. */
export function expandKnown(text: string, lookup: Lookup, depth = 0): string | undefined {
  let filled = '';
  for (const piece of piecesOf(text).pieces) {
    if ('text' in piece) filled += piece.text;
    else {
      const value = lookup(piece.name);
      const inner =
        value === undefined || depth > 10 ? undefined : expandKnown(value ?? '', lookup, depth + 1);
      if (inner === undefined) return undefined;
      filled += inner;
    }
  }
  return filled;
}

export interface ExportContext {
  /** Variables that the command has already, predefined ones among them. */
  readonly exported: ReadonlySet<string>;
  /** Variables that outputs of others set, which go before those of the file. */
  readonly outputs: ReadonlySet<string>;
  readonly tell: Tell;
}

/** Variables as lines of a POSIX shell, each after those that stand in it. */
export function exportLines(variables: Iterable<Variable>, context: ExportContext): string[] {
  const all = new Map([...variables].map((variable) => [variable.name, variable]));
  const lines: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (variable: Variable): void => {
    const { name, value, isRaw, spot } = variable;
    if (state.has(name)) return;
    state.set(name, 'open');
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      context.tell('left-out', spot, `${JSON.stringify(name)} is no name of a variable that a shell accepts`);
      return;
    }
    for (const used of isRaw ? [] : namesIn(value)) {
      const other = all.get(used);
      if (other && state.get(used) === 'open') {
        context.tell(
          'changed',
          spot,
          `${name} refers to itself: it reads what ${used} is outside of the job`,
        );
      } else if (other) visit(other);
    }
    state.set(name, 'done');
    const unless = context.outputs.has(name) ? `[ -n "\${${name}-}" ] || ` : '';
    lines.push(`${unless}export ${name}=${isRaw ? shellQuote(value) : wordOf(variable, all, context)}`);
  };
  for (const variable of all.values()) visit(variable);
  return lines;
}

function wordOf({ value, spot }: Variable, all: Variables, context: ExportContext): string {
  const { pieces, lost } = piecesOf(value);
  for (const part of lost) {
    context.tell(
      'info',
      spot,
      `${part} comes to nothing, as on GitLab: its variables know only $X and \${X}`,
    );
  }
  for (const piece of pieces) {
    if ('text' in piece || all.has(piece.name) || context.exported.has(piece.name)) continue;
    if (context.outputs.has(piece.name)) continue;
    const message = `$${piece.name} is read from the variable ${piece.name}: set it where the graph runs (\`--env ${piece.name}\` passes it on)`;
    context.tell('changed', spot, message);
  }
  return shellWord(pieces);
}

function shellWord(pieces: readonly Piece[]): string {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if ('text' in piece && last && 'text' in last)
      joined[joined.length - 1] = { text: last.text + piece.text };
    else joined.push(piece);
  }
  return (
    joined.map((piece) => ('text' in piece ? shellQuote(piece.text) : `"\${${piece.name}-}"`)).join('') ||
    "''"
  );
}

/** A path or another setting as a word of a shell that has the variables. */
export function settingWord(value: string): string {
  return shellWord(piecesOf(value).pieces);
}
