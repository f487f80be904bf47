import type { Plain } from '../located/located';
import type { Pipeline } from './pipeline';

type Token = { readonly kind: 'name' | 'text' | 'number' | 'operator' | 'word'; readonly text: string };

const TOKEN =
  /\s*(?:(?<name>pipeline(?:\.[\w-]+)+)|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<number>-?\d+(?:\.\d+)?)|(?<operator>==|!=|>=|<=|>|<|starts-with|[()])|(?<word>and|or|not|true|false)\b)/y;

/** Undefined is what only CircleCI knows. */
type Value = Plain | undefined;

/**
 * Whether an expression holds; undefined where only CircleCI knows that, or how it reads it.
 * @see https://circleci.com/docs/reference/configuration-reference/#expression-based-job-filters
 */
export function evaluateExpression(text: string, pipeline: Pipeline): boolean | undefined {
  const tokens = tokensOf(text);
  if (!tokens) return undefined;
  const parser = new Parser(tokens, pipeline);
  const value = parser.either();
  return parser.isWhole() ? truth(value) : undefined;
}

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const groups = TOKEN.exec(text)?.groups;
    if (!groups) return undefined;
    const { name, double, single, number, operator, word } = groups;
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (operator !== undefined) tokens.push({ kind: 'operator', text: operator });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'text', text: double ?? single ?? '' });
    if (tokens.length > MOST_TOKENS) return undefined;
  }
  return tokens;
}

/** Parentheses in each other are at most as many. */
const MOST_TOKENS = 500;

function truth(value: Value): boolean | undefined {
  return value === undefined
    ? undefined
    : !(value === null || value === false || value === 0 || value === '');
}

class Parser {
  private at = 0;
  private isBroken = false;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly pipeline: Pipeline,
  ) {}

  isWhole(): boolean {
    return !this.isBroken && this.at === this.tokens.length;
  }

  either(): Value {
    let left = this.both();
    while (this.takes('or')) {
      const [a, b] = [truth(left), truth(this.both())];
      left = a === true || b === true ? true : a === undefined || b === undefined ? undefined : false;
    }
    return left;
  }

  private both(): Value {
    let left = this.compared();
    while (this.takes('and')) {
      const [a, b] = [truth(left), truth(this.compared())];
      left = a === false || b === false ? false : a === undefined || b === undefined ? undefined : true;
    }
    return left;
  }

  private compared(): Value {
    const left = this.operand();
    const token = this.tokens[this.at];
    if (token?.kind !== 'operator' || token.text === '(' || token.text === ')') return left;
    this.at++;
    const right = this.operand();
    return left === undefined || right === undefined ? undefined : compare(token.text, left, right);
  }

  private operand(): Value {
    if (this.takes('not')) {
      const inner = truth(this.operand());
      return inner === undefined ? undefined : !inner;
    }
    if (this.takes('(')) {
      const inner = this.either();
      if (!this.takes(')')) this.isBroken = true;
      return inner;
    }
    const token = this.tokens[this.at++];
    if (token?.kind === 'name') {
      const value = this.pipeline(token.text);
      return value?.kind === 'plain' ? value.value : undefined;
    }
    if (token?.kind === 'text') return token.text;
    if (token?.kind === 'number') return Number(token.text);
    if (token?.text === 'true' || token?.text === 'false') return token.text === 'true';
    this.isBroken = true;
    return undefined;
  }

  private takes(text: string): boolean {
    const token = this.tokens[this.at];
    const isIt = token !== undefined && token.text === text && token.kind !== 'text';
    if (isIt) this.at++;
    return isIt;
  }
}

function compare(operator: string, left: Plain, right: Plain): Value {
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (operator === 'starts-with') {
    return typeof left === 'string' && typeof right === 'string' ? left.startsWith(right) : undefined;
  }
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  if (operator === '>') return left > right;
  if (operator === '>=') return left >= right;
  return operator === '<' ? left < right : left <= right;
}
