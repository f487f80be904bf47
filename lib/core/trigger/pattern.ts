import { RepriseError } from '../errors';
import type { BusEvent } from '../messages/public-event';

/**
 * EventBridge event patterns: the same text goes to EventBridge on AWS and is matched here by the embedded runtime. What
 * is not known here is refused, so that a trigger means the same on both.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export type EventPattern = Readonly<Record<string, unknown>>;

/** EventBridge takes patterns of 2 KB. */
const MAX_PATTERN_LENGTH = 2_048;
/** Fields of an event that a pattern may name at its top. */
const TOP = ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources', 'detail'];

/** Numbers past this, either way, EventBridge does not compare. */
const MAX_NUMBER = 5e9;
/** Operators whose opposite can be asked for. */
const EXCLUDABLE = ['prefix', 'suffix', 'equals-ignore-case'];

type Test = (value: unknown) => boolean;

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Whether an event is one that the pattern asks for. The pattern has been checked. */
export function matches(pattern: EventPattern, event: BusEvent): boolean {
  return fieldsMatch(pattern, event, [event]);
}

/**
 * As EventBridge has it, only leaves are values: of a list each of its values is one, of a list of mappings each mapping
 * is tried on its own, and what is no leaf does not exist.
 * https://github.com/aws/event-ruler#json-array-matching
 * @param all every mapping of the event at the same path: what does not exist is in none of them.
 */
function fieldsMatch(pattern: EventPattern, one: BusEvent, all: readonly BusEvent[]): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    if (Array.isArray(wanted)) {
      const values = leavesOf(one, key);
      const isAbsent = all.every((other) => leavesOf(other, key).length === 0);
      return wanted.some((matcher) => (isAbsence(matcher) ? isAbsent : values.some(testOf(matcher, ''))));
    }
    const within = mappingsOf(one, key);
    const allWithin = all.flatMap((other) => mappingsOf(other, key));
    const tried = within.length > 0 ? within : [{}];
    return tried.some((mapping) => fieldsMatch(wanted as EventPattern, mapping, allWithin));
  });
}

const isAbsence = (matcher: unknown) => isObject(matcher) && matcher['exists'] === false;

const valuesOf = (mapping: BusEvent, key: string): readonly unknown[] =>
  Object.hasOwn(mapping, key) ? [mapping[key]].flat(Number.POSITIVE_INFINITY) : [];
const leavesOf = (mapping: BusEvent, key: string) => valuesOf(mapping, key).filter(isScalar);
const mappingsOf = (mapping: BusEvent, key: string) => valuesOf(mapping, key).filter(isObject);

/**
 * Checks a pattern. @throws RepriseError TRIGGER_INVALID names the path of the first fault, and what is known there.
 */
export function checkPattern(pattern: EventPattern): void {
  if (JSON.stringify(pattern).length > MAX_PATTERN_LENGTH) {
    throw invalid(
      '',
      `is longer than ${MAX_PATTERN_LENGTH} characters, which is as long as a pattern may be`,
    );
  }
  const unknown = Object.keys(pattern).find((key) => !TOP.includes(key));
  if (unknown !== undefined) throw invalid(unknown, `no field of an event: an event has ${TOP.join(', ')}`);
  checkFields(pattern, '');
}

function checkFields(pattern: EventPattern, path: string): void {
  const keys = Object.keys(pattern);
  if (keys.length === 0) throw invalid(path, 'asks for nothing: name at least one field');
  for (const key of keys) {
    const at = path === '' ? key : `${path}.${key}`;
    const wanted = pattern[key];
    if (key.startsWith('$')) throw invalid(at, 'is not available: make a trigger of its own for each case');
    if (isObject(wanted)) checkFields(wanted, at);
    else if (!Array.isArray(wanted) || wanted.length === 0)
      throw invalid(at, 'must be a list of values, such as ["main"], or a mapping of fields');
    else wanted.forEach((matcher, i) => void testOf(matcher, `${at}[${i}]`));
  }
}

function testOf(matcher: unknown, path: string): Test {
  if (isScalar(matcher)) return (value) => value === matcher;
  if (!isObject(matcher) || Object.keys(matcher).length !== 1) {
    throw invalid(path, 'must be a value or one operator, such as {"prefix": "release/"}');
  }
  const [operator, operand] = Object.entries(matcher)[0] as [string, unknown];
  switch (operator) {
    case 'prefix':
      return withText(operand, path, (text) => (value) => isText(value) && value.startsWith(text));
    case 'suffix':
      return withText(operand, path, (text) => (value) => isText(value) && value.endsWith(text));
    case 'equals-ignore-case':
      return withText(
        operand,
        path,
        (text) => (value) => isText(value) && value.toLowerCase() === text.toLowerCase(),
      );
    case 'exists':
      if (typeof operand !== 'boolean') throw invalid(path, '`exists` takes true or false');
      return () => true;
    case 'numeric':
      return numeric(operand, path);
    case 'anything-but':
      return anythingBut(operand, path);
    default:
      throw invalid(
        path,
        `${JSON.stringify(operator)} is not available: there are prefix, suffix, equals-ignore-case, exists, numeric and anything-but`,
      );
  }
}

function anythingBut(operand: unknown, path: string): Test {
  if (isObject(operand) && Object.keys(operand).every((operator) => EXCLUDABLE.includes(operator))) {
    const test = testOf(operand, path);
    return (value) => !test(value);
  }
  const excluded: unknown[] = Array.isArray(operand) ? operand : [operand];
  const isOneType = excluded.every(isText) || excluded.every(isComparable);
  if (excluded.length === 0 || !isOneType) {
    throw invalid(
      path,
      `\`anything-but\` takes text, a number, a list of either, or one of ${EXCLUDABLE.join(', ')}`,
    );
  }
  return (value) => !excluded.some((one) => one === value);
}

function numeric(operand: unknown, path: string): Test {
  const parts: unknown[] = Array.isArray(operand) ? operand : [];
  const [operator, bound, upper, top] = parts;
  const isRange = isText(operator) && isText(upper) && operator.startsWith('>') && upper.startsWith('<');
  const comparisons = parts.length === 4 ? [comparison(operator, bound), comparison(upper, top)] : [];
  if (parts.length === 2) comparisons.push(comparison(operator, bound));
  const tests = comparisons.filter((test) => test !== undefined);
  const isEmpty = isRange && (bound as number) >= (top as number);
  if (
    tests.length === 0 ||
    tests.length < comparisons.length ||
    (parts.length === 4 && !isRange) ||
    isEmpty
  ) {
    throw invalid(
      path,
      '`numeric` takes a comparison, such as ["=", 3], or a range, such as [">", 0, "<=", 5]; numbers go to 5e9',
    );
  }
  return (value) => isComparable(value) && tests.every((test) => test(value));
}

function comparison(operator: unknown, bound: unknown): ((value: number) => boolean) | undefined {
  const compare = isText(operator) && Object.hasOwn(COMPARE, operator) ? COMPARE[operator] : undefined;
  return compare && isComparable(bound) ? (value) => compare(value, bound) : undefined;
}

function withText(operand: unknown, path: string, test: (text: string) => Test): Test {
  if (!isText(operand) || operand === '') throw invalid(path, 'the operator takes text that is not empty');
  return test(operand);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isComparable = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) <= MAX_NUMBER;
const isScalar = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(path: string, message: string): RepriseError {
  const full = path === '' ? 'on.event' : `on.event.${path}`;
  const problem = { code: 'TRIGGER_INVALID' as const, path: full, message };
  return new RepriseError('TRIGGER_INVALID', `${full}: ${message}`, { problems: [problem] });
}
