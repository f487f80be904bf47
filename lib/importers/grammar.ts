/** Why a text is no expression of its language. */
export class Unreadable extends Error {}

/** The groups by which a pattern tells what a token is. */
export type Token<Group extends string> = Readonly<Partial<Record<Group, string>>>;

export interface Language<T> {
  /** Sticky; white space and comments are matched in no group. */
  readonly token: RegExp;
  /** Tokens of an expression: reading recurses, and no honest one has so many. */
  readonly most: number;
  /** The operator, the bracket, or the word that the language keeps for itself. */
  readonly signOf: (token: T) => string | undefined;
}

/** Tokens, from the first to the last. */
export interface Reader<T> {
  /** The next token, or undefined at the end. */
  readonly peek: () => T | undefined;
  readonly next: () => T;
  /** The next token's sign where it is one of these, which is then read. */
  readonly take: (...signs: readonly string[]) => string | undefined;
  readonly need: (sign: string) => void;
}

/** What reads an expression from where the reader stands. */
export type Rule<T, Tree> = (reader: Reader<T>) => Tree;

/** A text as one expression. @throws Unreadable */
export function readExpression<T extends Token<string>, Tree>(
  text: string,
  language: Language<T>,
  rule: Rule<T, Tree>,
): Tree {
  const reader = readerOf(tokensOf(text, language), language.signOf);
  const tree = rule(reader);
  if (reader.peek() !== undefined) throw new Unreadable('there is more than one expression');
  return tree;
}

/** The same, or undefined where the text is no expression. */
export function expressionIn<T extends Token<string>, Tree>(
  text: string,
  language: Language<T>,
  rule: Rule<T, Tree>,
): Tree | undefined {
  try {
    return readExpression(text, language, rule);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/**
 * Operators between two sides, which join from left to right.
 * @param ranks from those that bind weakest
 */
export function operators<T, Tree, Operator extends string>(
  ranks: readonly (readonly Operator[])[],
  operand: Rule<T, Tree>,
  join: (operator: Operator, left: Tree, right: Tree) => Tree,
): Rule<T, Tree> {
  return ranks.reduceRight<Rule<T, Tree>>(
    (side, rank) => (reader) => {
      let left = side(reader);
      for (let sign = reader.take(...rank); sign !== undefined; sign = reader.take(...rank)) {
        left = join(sign as Operator, left, side(reader));
      }
      return left;
    },
    operand,
  );
}

/** Expressions with commas between them, and the sign behind the last. */
export function listUntil<T, Tree>(reader: Reader<T>, end: string, rule: Rule<T, Tree>): Tree[] {
  if (reader.take(end) !== undefined) return [];
  const list = [rule(reader)];
  while (reader.take(',') !== undefined) list.push(rule(reader));
  reader.need(end);
  return list;
}

function tokensOf<T extends Token<string>>(text: string, { token, most }: Language<T>): T[] {
  const tokens: T[] = [];
  const end = text.trimEnd().length;
  for (let at = 0; at < end; at = token.lastIndex) {
    token.lastIndex = at;
    const groups = token.exec(text)?.groups;
    if (!groups) {
      throw new Unreadable(`${JSON.stringify(text.slice(at, end).trim().slice(0, 40))} is not understood`);
    }
    if (Object.values(groups).some((part) => part !== undefined)) tokens.push(groups as T);
    if (tokens.length > most) throw new Unreadable(`it has more than ${most} parts`);
  }
  return tokens;
}

function readerOf<T>(tokens: readonly T[], signOf: (token: T) => string | undefined): Reader<T> {
  let at = 0;
  const reader: Reader<T> = {
    peek: () => tokens[at],
    next: () => {
      const token = tokens[at++];
      if (token === undefined) throw new Unreadable('a value is missing');
      return token;
    },
    take: (...signs) => {
      const token = tokens[at];
      const sign = token === undefined ? undefined : signOf(token);
      if (sign === undefined || !signs.includes(sign)) return undefined;
      at++;
      return sign;
    },
    need: (sign) => {
      if (reader.take(sign) === undefined) throw new Unreadable(`a ${sign} is missing`);
    },
  };
  return reader;
}
