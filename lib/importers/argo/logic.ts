/** A formula of `depends` or `when`, over operands of type T. */
export type Logic<T> =
  | { readonly kind: 'operand'; readonly operand: T }
  | { readonly kind: 'not'; readonly of: Logic<T> }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Logic<T>[] };

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
  const tokens = text.match(new RegExp(`\\|\\||&&|!(?!=)|[()]|${token.source}|\\S`, 'g')) ?? [];
  let at = 0;
  const list =
    (kind: 'all' | 'any', sign: string, next: () => Logic<T> | undefined) => (): Logic<T> | undefined => {
      const of: Logic<T>[] = [];
      do {
        if (of.length > 0) at++;
        const one = next();
        if (!one) return undefined;
        of.push(one);
      } while (tokens[at] === sign);
      return of.length === 1 ? of[0] : { kind, of };
    };
  const primary = (): Logic<T> | undefined => {
    const read = tokens[at++];
    if (read === '!') {
      const of = primary();
      return of && { kind: 'not', of };
    }
    if (read === '(') {
      const inner = formula();
      return tokens[at++] === ')' ? inner : undefined;
    }
    const found = read === undefined ? undefined : operand(read);
    return found === undefined ? undefined : { kind: 'operand', operand: found };
  };
  const formula: () => Logic<T> | undefined = list('any', '||', list('all', '&&', primary));
  const whole = formula();
  return at === tokens.length ? whole : undefined;
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
