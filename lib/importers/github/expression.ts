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
  | {
      readonly kind: 'binary';
      readonly op: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  /** Part of the language that can only be known while the workflow runs, such as an index that is computed. */
  | { readonly kind: 'opaque' };

/** Honest expressions are far shorter; the parser recurses. */
const MAX_TOKENS = 1_000;

const TOKEN =
  /\s*(?:('(?:[^']|'')*')|(-?(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?))|([A-Za-z_][A-Za-z0-9_-]*)|(&&|\|\||[!=<>]=|[()[\].,!<>*]))/y;

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
    left = { kind: 'binary', op, left, right };
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
  if (/^-?\d/.test(token)) return { kind: 'literal', value: Number(token) };
  if (!/^[A-Za-z_]/.test(token)) return undefined;
  const word = token.toLowerCase();
  if (word === 'true' || word === 'false') return { kind: 'literal', value: word === 'true' };
  if (word === 'null') return { kind: 'literal', value: null };
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
    let key: string | undefined;
    if (op === '.') {
      key = reader.tokens[reader.at++];
      if (key === undefined || !/^(\*|[A-Za-z_].*)$/.test(key)) return undefined;
    } else {
      const index = accept(reader, '*') ? literal('*') : binary(reader, 0);
      if (!index || !accept(reader, ']')) return undefined;
      key = index.kind === 'literal' ? String(index.value) : undefined;
    }
    value =
      value.kind === 'context' && key !== undefined
        ? { kind: 'context', path: [...value.path, key] }
        : { kind: 'opaque' };
  }
  return value;
}

function literal(value: string): Expression {
  return { kind: 'literal', value };
}
