import {
  expressionIn,
  type Language,
  operators,
  type Reader,
  type Rule,
  type Token,
  Unreadable,
} from '../grammar';
import type { Plain } from '../located/located';
import type { Pipeline } from './pipeline';

type Read = Token<'name' | 'double' | 'single' | 'number' | 'truth' | 'sign'>;

const TOKEN =
  /\s*(?:(?<name>pipeline(?:\.[\w-]+)+)|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<number>-?\d+(?:\.\d+)?)|(?<sign>==|!=|>=|<=|>|<|starts-with|[()]|(?:and|or|not)\b)|(?<truth>true|false)\b)/y;

const LANGUAGE: Language<Read> = { token: TOKEN, most: 500, signOf: ({ sign }) => sign };

/** Undefined is what only CircleCI knows. */
type Value = Plain | undefined;

/**
 * Whether an expression holds; undefined where only CircleCI knows that, or how it reads it.
 * @see https://circleci.com/docs/reference/configuration-reference/#expression-based-job-filters
 */
export function evaluateExpression(text: string, pipeline: Pipeline): boolean | undefined {
  const value: Rule<Read, Value> = operators([['or'], ['and']], compared, joined);
  return truth(expressionIn(text, LANGUAGE, value));

  /** Comparisons stand in no row: how CircleCI reads `a == b == c` is not told. */
  function compared(reader: Reader<Read>): Value {
    const left = operand(reader);
    const sign = reader.take('==', '!=', '>=', '<=', '>', '<', 'starts-with');
    if (sign === undefined) return left;
    const right = operand(reader);
    return left === undefined || right === undefined ? undefined : compare(sign, left, right);
  }

  function operand(reader: Reader<Read>): Value {
    if (reader.take('not')) {
      const inner = truth(operand(reader));
      return inner === undefined ? undefined : !inner;
    }
    if (reader.take('(')) {
      const inner = value(reader);
      reader.need(')');
      return inner;
    }
    const { name, double, single, number, truth: word, sign } = reader.next();
    if (sign !== undefined) throw new Unreadable('a value is missing');
    if (name !== undefined) {
      const known = pipeline(name);
      return known?.kind === 'plain' ? known.value : undefined;
    }
    if (number !== undefined) return Number(number);
    return word === undefined ? (double ?? single) : word === 'true';
  }
}

/** A side that decides alone decides whatever the other one is. */
function joined(operator: 'and' | 'or', left: Value, right: Value): Value {
  const [sides, decisive] = [[truth(left), truth(right)], operator === 'or'];
  if (sides.includes(decisive)) return decisive;
  return sides.includes(undefined) ? undefined : !decisive;
}

function truth(value: Value): boolean | undefined {
  return value === undefined
    ? undefined
    : !(value === null || value === false || value === 0 || value === '');
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
