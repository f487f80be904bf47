/** What an expression may name. */
const NAMES = ['n', 'previous', 'initial'] as const;
export type Variables = Readonly<Record<(typeof NAMES)[number], number>>;

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  min: Math.min,
  max: Math.max,
  floor: Math.floor,
  sqrt: Math.sqrt,
};

type Evaluate = (variables: Variables) => number;

const TOKEN = /\s*(\d+(?:\.\d+)?|[A-Za-z]+|[-+*/^(),])/y;

/**
 * Arithmetic over numbers and `n`, `previous`, `initial`: + - * / ^ ( ), and min, max, floor, sqrt. No loops and no
 * names beside these, so it ends after as many steps as it has characters.
 * @throws Error that says what is wrong with the text.
 */
export function parseExpression(text: string): Evaluate {
  const tokens = tokensOf(text);
  let at = 0;

  function take(...wanted: string[]): string | undefined {
    const token = tokens[at];
    if (token === undefined || !wanted.includes(token)) return undefined;
    at += 1;
    return token;
  }

  function need(wanted: string): void {
    if (take(wanted) === undefined) throw new Error(`expected ${wanted}, got ${tokens[at] ?? 'the end'}`);
  }

  function sum(): Evaluate {
    let left = product();
    for (let sign = take('+', '-'); sign; sign = take('+', '-')) {
      const [a, b] = [left, product()];
      left = sign === '+' ? (v) => a(v) + b(v) : (v) => a(v) - b(v);
    }
    return left;
  }

  function product(): Evaluate {
    let left = signed();
    for (let sign = take('*', '/'); sign; sign = take('*', '/')) {
      const [a, b] = [left, signed()];
      left = sign === '*' ? (v) => a(v) * b(v) : (v) => a(v) / b(v);
    }
    return left;
  }

  function signed(): Evaluate {
    if (take('-') === undefined) return power();
    const value = signed();
    return (v) => -value(v);
  }

  /** As written in mathematics: 2 ^ 3 ^ 2 is 2 ^ 9, and -2 ^ 2 is -4. */
  function power(): Evaluate {
    const base = single();
    if (take('^') === undefined) return base;
    const exponent = signed();
    return (v) => base(v) ** exponent(v);
  }

  function single(): Evaluate {
    if (take('(') !== undefined) {
      const inner = sum();
      need(')');
      return inner;
    }
    const token = tokens[at] ?? '';
    if (/^\d/.test(token)) {
      at += 1;
      return () => Number(token);
    }
    if (/^[A-Za-z]/.test(token)) return named();
    throw new Error(
      token === '' ? 'it ends where a value should stand' : `${token} stands where a value should`,
    );
  }

  function named(): Evaluate {
    const name = tokens[at++] ?? '';
    const variable = NAMES.find((each) => each === name);
    if (variable) return (v) => v[variable];
    const called = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (!called) {
      throw new Error(`${name} is not known: use ${[...NAMES, ...Object.keys(FUNCTIONS)].join(', ')}`);
    }
    need('(');
    const values = [sum()];
    while (take(',') !== undefined) values.push(sum());
    need(')');
    return (v) => called(...values.map((value) => value(v)));
  }

  const whole = sum();
  if (at < tokens.length) throw new Error(`${tokens[at]} stands behind the end of it`);
  return whole;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  for (let from = 0; from < end; from = TOKEN.lastIndex) {
    TOKEN.lastIndex = from;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new Error(`cannot read it from ${JSON.stringify(text.slice(from))} on`);
    tokens.push(token);
  }
  return tokens;
}
