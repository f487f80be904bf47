import { present } from '../../model/present';
import { type AddressRange, addressDigits, addressRange, isWithin } from './address';
import { invalid } from './invalid';
import { caselessCharacter, endsIgnoringCase, equalsIgnoringCase, startsIgnoringCase } from './text';
import { matchesWildcard, readWildcard, type Wildcard, type Wildcards } from './wildcard';

/** A value of an event that is neither a list nor a mapping. */
export type Leaf = string | number | boolean | null;
type Test = (leaf: Leaf) => boolean;

/** One of the values that a pattern lists for a field. */
export interface Matcher {
  /** Whether a leaf is as wanted; undefined where none is wanted. */
  readonly test?: Test;
  /** Its wildcards, which EventBridge counts. */
  readonly wildcards?: Wildcards;
  /** Whether event-ruler confuses it with a wildcard beside it, and takes text that neither asks for. */
  readonly isConfusable?: true;
}

/** Numbers past this, either way, EventBridge promises no comparison of. */
const MAX_NUMBER = 5e9;
/** Digits after the point up to which it compares. */
const DECIMALS = 6;

const IS_ASCII = /^\p{ASCII}*$/u;

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const OPERATORS: Readonly<Record<string, (operand: unknown, path: string) => Matcher>> = {
  // EventBridge compares text with its quotes around it: where it ends, a quote follows.
  prefix: affix(
    (text, start) => `${text}"`.startsWith(start),
    (text, start) => startsIgnoringCase(`${text}"`, start),
  ),
  suffix: affix(
    (text, end) => `"${text}`.endsWith(end),
    (text, end) => endsIgnoringCase(`"${text}`, end),
    (end) => !IS_ASCII.test(end),
  ),
  'equals-ignore-case': (operand, path) => ({
    ...onText(caseText(operand, path), equalsIgnoringCase),
    isConfusable: true,
  }),
  wildcard: (operand, path) => {
    const parts = wildcardOf(operand, path);
    return { ...onText(parts, matchesWildcard), wildcards: { key: JSON.stringify(parts), all: [parts] } };
  },
  exists(operand, path) {
    if (typeof operand !== 'boolean') throw invalid(path, '`exists` takes true or false');
    return operand ? { test: () => true } : {};
  },
  numeric: (operand, path) => ({ test: numeric(operand, path) }),
  cidr(operand, path) {
    const range = typeof operand === 'string' ? addressRange(operand) : undefined;
    if (range) return onAddress(range);
    throw invalid(
      path,
      '`cidr` takes a range of addresses, such as "10.0.0.0/24" or "2001:db8::/32"; one address is a plain value',
    );
  },
  'anything-but': anythingBut,
};

/** @throws RepriseError TRIGGER_INVALID */
export function readMatcher(matcher: unknown, path: string): Matcher {
  if (typeof matcher === 'string') return plainText(textOf(matcher, path));
  if (typeof matcher === 'number') {
    const wanted = numberOf(matcher, path);
    return { test: (leaf) => leaf === wanted };
  }
  if (matcher === null || typeof matcher === 'boolean') return { test: (leaf) => leaf === matcher };
  if (!isObject(matcher) || Object.keys(matcher).length !== 1) {
    throw invalid(path, 'must be a value or one operator, such as {"prefix": "release/"}');
  }
  const [name, operand] = Object.entries(matcher)[0] as [string, unknown];
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (operator) return operator(operand, path);
  const known = Object.keys(OPERATORS).join(', ');
  throw invalid(path, `${JSON.stringify(name)} is no operator of EventBridge: there are ${known}`);
}

/** Text that is an address takes the same address in every spelling. */
function plainText(text: string): Matcher {
  const digits = addressDigits(text);
  return digits === undefined
    ? { test: (leaf) => leaf === text }
    : onAddress({ bottom: digits, top: digits });
}

function onAddress(range: AddressRange): Matcher {
  const isInside = (digits: string | undefined) => digits !== undefined && isWithin(digits, range);
  return { test: (leaf) => typeof leaf === 'string' && isInside(addressDigits(leaf)) };
}

function onText<T>(wanted: T, test: (text: string, wanted: T) => boolean): Matcher {
  return { test: (leaf) => typeof leaf === 'string' && test(leaf, wanted) };
}

type TextTest = (text: string, wanted: string) => boolean;

/** The beginning or the end of a text. Empty, it takes every text. */
function affix(
  exact: TextTest,
  ignoringCase: TextTest,
  confuses: (wanted: string) => boolean = () => false,
): (operand: unknown, path: string) => Matcher {
  return (operand, path) => {
    if (!isObject(operand)) {
      const wanted = textOf(operand, path);
      return { ...onText(wanted, exact), ...present({ isConfusable: confuses(wanted) || undefined }) };
    }
    const [name, ...more] = Object.keys(operand);
    if (name !== 'equals-ignore-case' || more.length > 0) {
      throw invalid(path, 'takes text, or {"equals-ignore-case": "text"}');
    }
    return { ...onText(caseText(operand[name], path), ignoringCase), isConfusable: true };
  };
}

/** The operators whose opposite can be asked for, of one text or of several. */
const EXCLUDABLE = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'];

function anythingBut(operand: unknown, path: string): Matcher {
  if (isObject(operand)) return anythingButThose(operand, path);
  const excluded: unknown[] = Array.isArray(operand) ? operand : [operand];
  const isOneType = ['string', 'number'].some((type) => excluded.every((one) => typeof one === type));
  if (excluded.length === 0 || !isOneType) {
    throw invalid(
      path,
      `\`anything-but\` takes text, a number, a list of texts or of numbers, or one of ${EXCLUDABLE.join(', ')}`,
    );
  }
  const leaves = new Set(excluded.map((one) => plain(one, path)));
  return { test: (leaf) => !leaves.has(leaf) };
}

const plain = (one: unknown, path: string): Leaf =>
  typeof one === 'number' ? numberOf(one, path) : textOf(one, path);

function anythingButThose(operand: Record<string, unknown>, path: string): Matcher {
  const [name = '', ...more] = Object.keys(operand);
  if (!EXCLUDABLE.includes(name) || more.length > 0) {
    throw invalid(path, `\`anything-but\` takes one operator, of ${EXCLUDABLE.join(', ')}`);
  }
  const texts = Array.isArray(operand[name]) ? (operand[name] as unknown[]) : [operand[name]];
  const isAffix = name === 'prefix' || name === 'suffix';
  if (texts.length === 0 || texts.some((text) => typeof text !== 'string' || (isAffix && text === ''))) {
    const empty = isAffix ? ' that is not empty' : '';
    throw invalid(path, `\`anything-but\` with \`${name}\` takes text${empty}, or a list of such texts`);
  }
  const matchers = texts.map((text) => readMatcher({ [name]: text }, path));
  const all = matchers.flatMap(({ wildcards }) => wildcards?.all ?? []);
  const isConfusable = matchers.some((matcher) => matcher.isConfusable) || undefined;
  const wildcards = all.length === 0 ? undefined : { key: `not ${JSON.stringify(all)}`, all };
  const test: Test = (leaf) => !matchers.some((matcher) => matcher.test?.(leaf));
  return { test, ...present({ wildcards, isConfusable }) };
}

function numeric(operand: unknown, path: string): Test {
  const [operator, bound, upper, top, ...more]: unknown[] = Array.isArray(operand) ? operand : [];
  const isRange = upper !== undefined;
  const comparisons = [comparison(operator, bound, path), ...(isRange ? [comparison(upper, top, path)] : [])];
  const goesUp = () =>
    String(operator).startsWith('>') && String(upper).startsWith('<') && Number(bound) < Number(top);
  const tests = comparisons.filter((test) => test !== undefined);
  if (tests.length < comparisons.length || more.length > 0 || (isRange && !goesUp())) {
    throw invalid(
      path,
      '`numeric` takes a comparison, such as ["=", 3], or a range that goes upwards, such as [">", 0, "<=", 5]',
    );
  }
  return (leaf) => typeof leaf === 'number' && Number.isFinite(leaf) && tests.every((test) => test(leaf));
}

function comparison(
  operator: unknown,
  bound: unknown,
  path: string,
): ((value: number) => boolean) | undefined {
  const isKnown = typeof operator === 'string' && Object.hasOwn(COMPARE, operator);
  const compare = isKnown ? COMPARE[operator] : undefined;
  if (!compare || typeof bound !== 'number') return undefined;
  if (Math.abs(bound) > MAX_NUMBER || Number(bound.toFixed(DECIMALS)) !== bound) {
    throw invalid(
      path,
      `\`numeric\` compares numbers from -5e9 to 5e9 with ${DECIMALS} digits after the point, as EventBridge promises it, and ${bound} is none: list the values wanted, or send text and match it by \`prefix\``,
    );
  }
  return (value) => compare(value, bound);
}

/** JSON spells a number as it is held, so that one which is not held exactly would ask EventBridge for another one. */
function numberOf(value: number, path: string): number {
  if (Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)) return value;
  throw invalid(path, `${value} is not held exactly: send and list such a number as text`);
}

function textOf(value: unknown, path: string): string {
  if (typeof value !== 'string') throw invalid(path, 'the operator takes text');
  if (/\p{Surrogate}/u.test(value)) throw invalid(path, 'holds half a character: write it whole');
  return value;
}

function caseText(value: unknown, path: string): string {
  const text = textOf(value, path);
  const caseless = caselessCharacter(text);
  if (caseless === undefined) return text;
  throw invalid(
    path,
    `EventBridge does not find ${caseless} with \`equals-ignore-case\`: list each spelling as a plain value`,
  );
}

function wildcardOf(operand: unknown, path: string): Wildcard {
  const read = readWildcard(textOf(operand, path));
  if ('parts' in read) return read.parts;
  throw invalid(path, `\`wildcard\`: ${read.wrong}`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
