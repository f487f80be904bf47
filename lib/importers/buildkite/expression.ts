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

type Token = Readonly<
  Record<'regex' | 'double' | 'single' | 'shell' | 'number' | 'name' | 'sign', string | undefined>
>;

class Unreadable extends Error {}

/** @returns undefined where the text is no condition @see https://buildkite.com/docs/pipelines/configure/conditionals */
export function parseCondition(text: string): Expression | undefined {
  try {
    const reader = readerOf(tokensOf(text));
    const whole = choice(reader);
    return reader.peek() === undefined ? whole : undefined;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) throw new Unreadable();
    at = TOKEN.lastIndex;
    const token = match.groups as Token;
    if (Object.values(token).some((part) => part !== undefined)) tokens.push(token);
  }
  return tokens;
}

interface Reader {
  readonly peek: () => Token | undefined;
  /** Whether the next token is this one, which is then read. */
  readonly take: (...signs: readonly string[]) => string | undefined;
  readonly next: () => Token;
}

function readerOf(tokens: readonly Token[]): Reader {
  let at = 0;
  const peek = () => tokens[at];
  return {
    peek,
    take: (...signs) => {
      const token = peek();
      const word = token?.sign ?? (token?.name === 'includes' ? token.name : undefined);
      if (word === undefined || !signs.includes(word)) return undefined;
      at++;
      return word;
    },
    next: () => {
      const token = tokens[at++];
      if (!token) throw new Unreadable();
      return token;
    },
  };
}

function choice(reader: Reader): Expression {
  const test = any(reader);
  if (!reader.take('?')) return test;
  const yes = choice(reader);
  need(reader, ':');
  return { kind: 'choice', test, yes, no: choice(reader) };
}

function chain(operators: readonly Operator[], operand: (reader: Reader) => Expression) {
  return (reader: Reader): Expression => {
    let left = operand(reader);
    for (let op = reader.take(...operators); op !== undefined; op = reader.take(...operators)) {
      left = { kind: 'binary', op: op as Operator, left, right: operand(reader) };
    }
    return left;
  };
}

const comparison = chain(['==', '!=', '=~', '!~', 'includes'], unary);
const all = chain(['&&'], comparison);
const any = chain(['||'], all);

function unary(reader: Reader): Expression {
  if (reader.take('!')) return { kind: 'not', of: unary(reader) };
  if (reader.take('(')) {
    const inner = choice(reader);
    need(reader, ')');
    return inner;
  }
  if (reader.take('[')) return { kind: 'list', of: listUntil(reader, ']') };
  return primary(reader);
}

function primary(reader: Reader): Expression {
  const { regex, double, single, shell, number, name } = reader.next();
  if (shell !== undefined) return { kind: 'open' };
  if (regex !== undefined) return pattern(regex);
  if (double !== undefined) return doubleQuoted(double);
  if (single !== undefined) return { kind: 'value', value: single.slice(1, -1).replaceAll("\\'", "'") };
  if (number !== undefined) return { kind: 'value', value: Number(number) };
  if (name === undefined) throw new Unreadable();
  if (name === 'true' || name === 'false') return { kind: 'value', value: name === 'true' };
  if (name === 'null') return { kind: 'value', value: null };
  return reader.take('(')
    ? { kind: 'call', name, args: listUntil(reader, ')') }
    : { kind: 'name', path: name };
}

function doubleQuoted(text: string): Expression {
  if (/(^|[^\\])\$/.test(text)) return { kind: 'open' };
  try {
    return { kind: 'value', value: JSON.parse(text) as string };
  } catch {
    throw new Unreadable();
  }
}

/** What JavaScript reads otherwise than Ruby is left open. */
function pattern(literal: string): Expression {
  const end = literal.lastIndexOf('/');
  const [source, flags] = [literal.slice(1, end), literal.slice(end + 1)];
  if (flags !== '' && flags !== 'i') throw new Unreadable();
  if (/\\[AzZhGKXR]|\(\?[#imx<>-]|\[\[:|[*+?}]\+|\$\{/.test(source)) return { kind: 'open' };
  try {
    return { kind: 'value', value: new RegExp(source, flags) };
  } catch {
    throw new Unreadable();
  }
}

function listUntil(reader: Reader, end: string): Expression[] {
  const of: Expression[] = [];
  while (!reader.take(end)) {
    if (of.length > 0) need(reader, ',');
    of.push(choice(reader));
  }
  return of;
}

function need(reader: Reader, sign: string): void {
  if (!reader.take(sign)) throw new Unreadable();
}
