/** An expression of `rules:if`. */
export type Expression =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'value'; readonly value: string | boolean | null }
  | { readonly kind: 'pattern'; readonly source: string; readonly flags: string }
  | { readonly kind: 'not'; readonly inner: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    };

export type Operator = '==' | '!=' | '=~' | '!~' | '&&' | '||';

type Token =
  | { readonly kind: 'operand'; readonly expression: Expression }
  | { readonly kind: 'operator'; readonly operator: Operator }
  | { readonly kind: '(' | ')' | '!' };

/** Comparisons bind tightest, then `&&`, then `||`. */
const LEVELS: readonly (readonly Operator[])[] = [['||'], ['&&'], ['==', '!=', '=~', '!~']];

/** Parentheses and `!` inside each other. GitLab allows no more than 100 tokens. */
const MOST_TOKENS = 100;

/**
 * Reads an expression. @throws Error that says what is wrong with it
 * @see https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions
 */
export function parseExpression(text: string): Expression {
  const tokens = tokensOf(text);
  let at = 0;
  const level = (depth: number): Expression => {
    const operators = LEVELS[depth];
    if (!operators) return operand();
    let left = level(depth + 1);
    for (let token = tokens[at]; token?.kind === 'operator'; token = tokens[at]) {
      const { operator } = token;
      if (!operators.includes(operator)) break;
      at++;
      left = { kind: 'binary', operator, left, right: level(depth + 1) };
    }
    return left;
  };
  const operand = (): Expression => {
    const token = tokens[at++];
    if (token?.kind === 'operand') return token.expression;
    if (token?.kind === '!') return { kind: 'not', inner: operand() };
    if (token?.kind !== '(') throw new Error('a value is missing');
    const inner = level(0);
    if (tokens[at++]?.kind !== ')') throw new Error('a ) is missing');
    return inner;
  };
  const expression = level(0);
  if (at < tokens.length) throw new Error('there is more than one expression');
  return expression;
}

const TOKEN =
  /\s*(?:(?<variable>\$\w+|\$\{\w+\})|"(?<double>[^"]*)"|'(?<single>[^']*)'|\/(?<pattern>(?:[^/\\]|\\.)+)\/(?<flags>[ismU]*)|(?<word>null|true|false)\b|(?<operator>==|=~|!=|!~|&&|\|\|)|(?<mark>[()!]))/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    if (!groups)
      throw new Error(`${JSON.stringify(text.slice(from, end).trim().slice(0, 40))} is not understood`);
    tokens.push(tokenOf(groups));
    if (tokens.length > MOST_TOKENS) throw new Error(`it has more than ${MOST_TOKENS} parts`);
  }
  return tokens;
}

function tokenOf(groups: Record<string, string | undefined>): Token {
  const { variable, double, single, pattern, flags, word, operator, mark } = groups;
  if (operator !== undefined) return { kind: 'operator', operator: operator as Operator };
  if (mark !== undefined) return { kind: mark as '(' | ')' | '!' };
  return { kind: 'operand', expression: leaf() };

  function leaf(): Expression {
    if (variable !== undefined) return { kind: 'variable', name: variable.replace(/^\$\{?|\}$/g, '') };
    if (pattern !== undefined) {
      return { kind: 'pattern', source: pattern.replaceAll('\\/', '/'), flags: flags ?? '' };
    }
    if (word !== undefined) return { kind: 'value', value: WORDS[word] as boolean | null };
    return { kind: 'value', value: double ?? single ?? '' };
  }
}

const WORDS: Readonly<Record<string, boolean | null>> = { null: null, true: true, false: false };
