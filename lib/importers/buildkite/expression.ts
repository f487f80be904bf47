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

/** A condition of a step. */
export type Expression =
  | { readonly kind: 'value'; readonly value: string | number | boolean | null | RegExp }
  | { readonly kind: 'name'; readonly path: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'list'; readonly of: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly op: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'choice'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  /** What only the upload or the server knows. */
  | { readonly kind: 'open' };

export type Operator = '||' | '&&' | '==' | '!=' | '=~' | '!~' | 'includes';

const TOKEN = new RegExp(
  [
    String.raw`\s+|//[^\n]*`,
    String.raw`(?<regex>/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n[])+/[A-Za-z]*)`,
    String.raw`(?<double>"(?:\\.|[^"\\])*")|(?<single>'(?:\\.|[^'\\])*')`,
    String.raw`(?<shell>\$\{[^}]*\}|\$[A-Za-z_]\w*)`,
    String.raw`(?<number>\d+)`,
    String.raw`(?<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)`,
    String.raw`(?<sign>\|\||&&|==|!=|=~|!~|[!()[\],?:])`,
  ].join('|'),
  'y',
);

type Read = Token<'regex' | 'double' | 'single' | 'shell' | 'number' | 'name' | 'sign'>;

const LANGUAGE: Language<Read> = {
  token: TOKEN,
  most: 1_000,
  signOf: ({ sign, name }) => (name === 'includes' ? name : sign),
};

const any: Rule<Read, Expression> = operators(
  [['||'], ['&&'], ['==', '!=', '=~', '!~', 'includes']],
  unary,
  (op: Operator, left, right) => ({ kind: 'binary', op, left, right }),
);

/** @returns undefined where the text is no condition @see https://buildkite.com/docs/pipelines/configure/conditionals */
export function parseCondition(text: string): Expression | undefined {
  return expressionIn(text, LANGUAGE, choice);
}

function choice(reader: Reader<Read>): Expression {
  const test = any(reader);
  if (!reader.take('?')) return test;
  const yes = choice(reader);
  reader.need(':');
  return { kind: 'choice', test, yes, no: choice(reader) };
}

function unary(reader: Reader<Read>): Expression {
  if (reader.take('!')) return { kind: 'not', of: unary(reader) };
  if (reader.take('(')) {
    const inner = choice(reader);
    reader.need(')');
    return inner;
  }
  if (reader.take('[')) return { kind: 'list', of: listUntil(reader, ']', choice) };
  return primary(reader);
}

function primary(reader: Reader<Read>): Expression {
  const { regex, double, single, shell, number, name } = reader.next();
  if (shell !== undefined) return { kind: 'open' };
  if (regex !== undefined) return pattern(regex);
  if (double !== undefined) return doubleQuoted(double);
  if (single !== undefined) return { kind: 'value', value: single.slice(1, -1).replaceAll("\\'", "'") };
  if (number !== undefined) return { kind: 'value', value: Number(number) };
  if (name === undefined) throw new Unreadable('a value is missing');
  if (name === 'true' || name === 'false') return { kind: 'value', value: name === 'true' };
  if (name === 'null') return { kind: 'value', value: null };
  return reader.take('(')
    ? { kind: 'call', name, args: listUntil(reader, ')', choice) }
    : { kind: 'name', path: name };
}

function doubleQuoted(text: string): Expression {
  if (/(^|[^\\])\$/.test(text)) return { kind: 'open' };
  try {
    return { kind: 'value', value: JSON.parse(text) as string };
  } catch {
    throw new Unreadable(`${text} is no text`);
  }
}

/** What JavaScript reads otherwise than Ruby is left open. */
function pattern(literal: string): Expression {
  const end = literal.lastIndexOf('/');
  const [source, flags] = [literal.slice(1, end), literal.slice(end + 1)];
  if (flags !== '' && flags !== 'i') throw new Unreadable(`${flags} are no flags of a pattern`);
  if (/\\[AzZhGKXR]|\(\?[#imx<>-]|\[\[:|[*+?}]\+|\$\{/.test(source)) return { kind: 'open' };
  try {
    return { kind: 'value', value: new RegExp(source, flags) };
  } catch {
    throw new Unreadable(`${literal} is no pattern`);
  }
}
