import {
  expressionIn,
  type Language,
  operators,
  type Reader,
  type Rule,
  type Token,
  Unreadable,
} from '../grammar';

/** A formula of `depends` or `when`, over operands of type T. */
export type Logic<T> =
  | { readonly kind: 'operand'; readonly operand: T }
  | { readonly kind: 'not'; readonly of: Logic<T> }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Logic<T>[] };

type Read = Token<'sign' | 'operand'>;

/**
 * Reads `||`, `&&`, `!` and parentheses over operands; `&&` binds stronger.
 * @param operand what a token is that is none of these; undefined where it is no operand either
 * @param token how operands are written
 * @returns undefined where the text is no formula
 */
export function parseLogic<T>(
  text: string,
  token: RegExp,
  operand: (token: string) => T | undefined,
): Logic<T> | undefined {
  const language: Language<Read> = {
    token: new RegExp(`\\s+|(?<sign>\\|\\||&&|!(?!=)|[()])|(?<operand>${token.source})`, 'y'),
    most: 1_000,
    signOf: ({ sign }) => sign,
  };
  const formula: Rule<Read, Logic<T>> = operators([['||'], ['&&']], single, (sign, left, right) =>
    inRow(sign === '&&' ? 'all' : 'any', left, right),
  );
  return expressionIn(text, language, formula);

  function single(reader: Reader<Read>): Logic<T> {
    if (reader.take('!')) return { kind: 'not', of: single(reader) };
    if (reader.take('(')) {
      const inner = formula(reader);
      reader.need(')');
      return inner;
    }
    const read = reader.next().operand;
    const found = read === undefined ? undefined : operand(read);
    if (found === undefined) throw new Unreadable('a value is missing');
    return { kind: 'operand', operand: found };
  }
}

/** `a && b && c` is one list. */
function inRow<T>(kind: 'all' | 'any', left: Logic<T>, right: Logic<T>): Logic<T> {
  return { kind, of: left.kind === kind ? [...left.of, right] : [left, right] };
}

export function operandsOf<T>(logic: Logic<T>): T[] {
  if (logic.kind === 'operand') return [logic.operand];
  return logic.kind === 'not' ? operandsOf(logic.of) : logic.of.flatMap(operandsOf);
}

/** A truth that is known, or JSONata. */
export type Truth = boolean | string;

/** The formula with each operand as a truth, as a truth. */
export function truthOf<T>(logic: Logic<T>, of: (operand: T) => Truth): Truth {
  if (logic.kind === 'operand') return of(logic.operand);
  if (logic.kind === 'not') return not(truthOf(logic.of, of));
  const truths = logic.of.map((each) => truthOf(each, of));
  return logic.kind === 'all' ? allOf(truths) : anyOf(truths);
}

export function not(truth: Truth): Truth {
  return typeof truth === 'boolean' ? !truth : `$not(${truth})`;
}

export function allOf(truths: readonly Truth[]): Truth {
  return combined(truths, false, ' and ');
}

export function anyOf(truths: readonly Truth[]): Truth {
  return combined(truths, true, ' or ');
}

/** @param decisive the truth that decides alone */
function combined(truths: readonly Truth[], decisive: boolean, sign: string): Truth {
  if (truths.includes(decisive)) return decisive;
  const open = [...new Set(truths.filter((truth) => typeof truth === 'string'))];
  if (open.length === 0) return !decisive;
  return open.length === 1 ? open[0]! : `(${open.join(sign)})`;
}
