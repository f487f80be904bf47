import {
  expressionIn,
  type Language,
  listUntil,
  operators,
  type Reader,
  type Rule,
  type Token,
  Unreadable,
} from '../grammar';
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

type Read = Token<'text' | 'number' | 'name' | 'sign'>;

const TOKEN =
  /\s*(?:(?<text>'(?:[^']|'')*')|(?<number>[+-]?(?:0x[0-9a-fA-F]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|Infinity\b))|(?<name>[A-Za-z_][A-Za-z0-9_-]*)|(?<sign>&&|\|\||[!=<>]=|[()[\].,!<>*]))/y;

const LANGUAGE: Language<Read> = { token: TOKEN, most: 1_000, signOf: ({ sign }) => sign };

/** As they are written: of these alone, the language looks at the case. */
const CONSTANTS = new Map<string, boolean | number | null>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
]);

const expression: Rule<Read, Expression> = operators(
  [['||'], ['&&'], ['==', '!='], ['<', '<=', '>', '>=']],
  unary,
  (op: Logical['op'] | Comparison, left, right) => ({ kind: 'binary', op, left, right }) as Expression,
);

/** The tree of an expression, without the `${{ }}` around it; undefined when it is not one. */
export function parseExpression(text: string): Expression | undefined {
  return expressionIn(text, LANGUAGE, expression);
}

function unary(reader: Reader<Read>): Expression {
  return reader.take('!') ? { kind: 'not', of: unary(reader) } : primary(reader);
}

function primary(reader: Reader<Read>): Expression {
  if (reader.take('(')) {
    const inner = expression(reader);
    reader.need(')');
    return dereference(reader, inner);
  }
  const { text, number, name } = reader.next();
  if (text !== undefined) return { kind: 'literal', value: text.slice(1, -1).replaceAll("''", "'") };
  if (number !== undefined) return { kind: 'literal', value: numberOf(number) };
  if (name === undefined) throw new Unreadable('a value is missing');
  const constant = CONSTANTS.get(name);
  if (constant !== undefined) return { kind: 'literal', value: constant };
  if (!reader.take('(')) return dereference(reader, { kind: 'context', path: [name] });
  const args = listUntil(reader, ')', expression);
  return dereference(reader, { kind: 'call', name: name.toLowerCase(), args });
}

/** `.name`, `.*` and `[index]` behind a value. */
function dereference(reader: Reader<Read>, start: Expression): Expression {
  let value = start;
  for (let op = reader.take('.', '['); op !== undefined; op = reader.take('.', '[')) {
    value = partOf(value, op === '.' ? key(reader) : index(reader));
  }
  return value;
}

function key(reader: Reader<Read>): Expression | '*' {
  if (reader.take('*')) return '*';
  const { name } = reader.next();
  if (name === undefined) throw new Unreadable('a name is missing');
  return { kind: 'literal', value: name };
}

function index(reader: Reader<Read>): Expression | '*' {
  const by = reader.take('*') ? '*' : expression(reader);
  reader.need(']');
  return by;
}

/** A context by its path where that is written out, else the part of a value. */
function partOf(of: Expression, by: Expression | '*'): Expression {
  const isName = by !== '*' && by.kind === 'literal' && typeof by.value === 'string' && by.value !== '*';
  if (of.kind !== 'context' || (by !== '*' && !isName)) return { kind: 'index', of, by };
  return { kind: 'context', path: [...of.path, by === '*' ? by : String(by.value)] };
}
