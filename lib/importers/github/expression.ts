import { type Comparison, numberOf } from './values';

/**
 * The expression language of GitHub Actions, as a tree.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** `needs.build.result`, `matrix['os']`, `needs.*.result`. */
  | { readonly kind: 'context'; readonly path: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | Binary<'&&' | '||'>
  | Binary<Comparison>
  /** A part of a value that is no context, or that a computed name picks; `*` is every part. */
  | { readonly kind: 'index'; readonly of: Expression; readonly by: Expression | '*' };

interface Binary<Op> {
  readonly kind: 'binary';
  readonly op: Op;
  readonly left: Expression;
  readonly right: Expression;
}

/** Both sides of which count as true or false. */
export type Logical = Binary<'&&' | '||'>;

export function isLogical(tree: Expression): tree is Logical {
  return tree.kind === 'binary' && (tree.op === '&&' || tree.op === '||');
}

/** Honest expressions are far shorter; the parser recurses. */
const MAX_TOKENS = 1_000;

const TOKEN =
  /\s*(?:('(?:[^']|'')*')|([+-]?(?:0x[0-9a-fA-F]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|Infinity\b))|([A-Za-z_][A-Za-z0-9_-]*)|(&&|\|\||[!=<>]=|[()[\].,!<>*]))/y;

/** As they are written: of these alone, the language looks at the case. */
const CONSTANTS = new Map<string, boolean | number | null>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
]);

const PRECEDENCE: readonly (readonly string[])[] = [['||'], ['&&'], ['==', '!='], ['<', '<=', '>', '>=']];

/** The tree of an expression, without the `${{ }}` around it; undefined when it is not one. */
export function parseExpression(text: string): Expression | undefined {
  const tokens = tokenise(text);
  if (!tokens || tokens.length === 0) return undefined;
  const reader: Reader = { tokens, at: 0 };
  const tree = binary(reader, 0);
  return reader.at === tokens.length ? tree : undefined;
}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

function tokenise(text: string): string[] | undefined {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (!match || tokens.length === MAX_TOKENS) return undefined;
    tokens.push(match[0].trim());
  }
  return tokens;
}

function accept(reader: Reader, ...wanted: readonly string[]): string | undefined {
  const token = reader.tokens[reader.at];
  if (token === undefined || !wanted.includes(token)) return undefined;
  reader.at++;
  return token;
}

function binary(reader: Reader, level: number): Expression | undefined {
  const operators = PRECEDENCE[level];
  if (!operators) return unary(reader);
  let left = binary(reader, level + 1);
  for (let op = accept(reader, ...operators); op !== undefined; op = accept(reader, ...operators)) {
    const right = binary(reader, level + 1);
    if (!left || !right) return undefined;
    left = { kind: 'binary', op: op as Logical['op'] | Comparison, left, right } as Expression;
  }
  return left;
}

function unary(reader: Reader): Expression | undefined {
  if (!accept(reader, '!')) return primary(reader);
  const of = unary(reader);
  return of && { kind: 'not', of };
}

function primary(reader: Reader): Expression | undefined {
  const token = reader.tokens[reader.at++];
  if (token === undefined) return undefined;
  if (token === '(') {
    const inner = binary(reader, 0);
    return accept(reader, ')') ? dereference(reader, inner) : undefined;
  }
  if (token.startsWith("'")) return { kind: 'literal', value: token.slice(1, -1).replaceAll("''", "'") };
  if (/^[+-]?(\.?\d|Infinity$)/.test(token)) return { kind: 'literal', value: numberOf(token) };
  if (!/^[A-Za-z_]/.test(token)) return undefined;
  const constant = CONSTANTS.get(token);
  if (constant !== undefined) return { kind: 'literal', value: constant };
  if (accept(reader, '(')) return dereference(reader, call(reader, token));
  return dereference(reader, { kind: 'context', path: [token] });
}

function call(reader: Reader, name: string): Expression | undefined {
  const args: Expression[] = [];
  if (accept(reader, ')')) return { kind: 'call', name: name.toLowerCase(), args };
  do {
    const arg = binary(reader, 0);
    if (!arg) return undefined;
    args.push(arg);
  } while (accept(reader, ','));
  return accept(reader, ')') ? { kind: 'call', name: name.toLowerCase(), args } : undefined;
}

/** `.name`, `.*` and `[index]` behind a value. */
function dereference(reader: Reader, start: Expression | undefined): Expression | undefined {
  let value = start;
  for (let op = accept(reader, '.', '['); value && op; op = accept(reader, '.', '[')) {
    let by: Expression | '*' | undefined;
    if (op === '.') {
      const key = reader.tokens[reader.at++];
      if (key === undefined || !/^(\*|[A-Za-z_].*)$/.test(key)) return undefined;
      by = key === '*' ? '*' : literal(key);
    } else {
      by = accept(reader, '*') ? '*' : binary(reader, 0);
      if (!by || !accept(reader, ']')) return undefined;
    }
    value = partOf(value, by);
  }
  return value;
}

/** A context by its path where that is written out, else the part of a value. */
function partOf(of: Expression, by: Expression | '*'): Expression {
  const isName = by !== '*' && by.kind === 'literal' && typeof by.value === 'string' && by.value !== '*';
  if (of.kind !== 'context' || (by !== '*' && !isName)) return { kind: 'index', of, by };
  return { kind: 'context', path: [...of.path, by === '*' ? by : String(by.value)] };
}

function literal(value: string): Expression {
  return { kind: 'literal', value };
}
