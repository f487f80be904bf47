import { invalid } from './invalid';
import { isObject, type Matcher, readMatcher } from './matcher';

/** A field by its full path, dots between the names, and what it may be. */
export interface Field {
  readonly path: string;
  readonly matchers: readonly Matcher[];
}

/** Fields that must all be as wanted. */
export type Alternative = readonly Field[];

/** Combinations of the alternatives of `$or` that EventBridge takes. */
const MAX_COMBINATIONS = 1_000;

/** Names that EventBridge keeps for operators: a `$or` with a field of such a name is none to it. */
const RESERVED = new Set(
  [
    'exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >= regex',
    'not-wildcard not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before in-date-range',
    'ip-address-in-range ip-address-not-in-range',
  ].flatMap((line) => line.split(' ')),
);

interface Place {
  /** Names of the fields above, dots between them. */
  readonly path: string;
  /** Where this is written in the pattern, for errors. */
  readonly at: string;
  readonly isInOr: boolean;
  /** The names of the fields of an event. */
  readonly top: readonly string[];
}

/**
 * What a pattern asks for as alternatives, one for each combination of `$or`; an event needs to be as one of them says.
 * https://github.com/aws/event-ruler#and-and-or-relationship-among-fields-with-ruler
 * @param top the names of the fields of an event.
 * @throws RepriseError TRIGGER_INVALID names the path of the first fault, and the mend.
 */
export function readAlternatives(
  pattern: Readonly<Record<string, unknown>>,
  top: readonly string[],
): readonly Alternative[] {
  if (combinations(pattern) > MAX_COMBINATIONS) {
    throw invalid(
      '',
      `its \`$or\` make more than ${MAX_COMBINATIONS} combinations, the length of each times that of the others: make several triggers of it`,
    );
  }
  return read(pattern, { path: '', at: '', isInOr: false, top });
}

/** The product of the lengths of all `$or`, as EventBridge counts them. */
function combinations(value: unknown): number {
  if (Array.isArray(value)) return value.map(combinations).reduce((a, b) => a * b, 1);
  if (!isObject(value)) return 1;
  return Object.entries(value)
    .map(
      ([key, within]) => combinations(within) * (key === '$or' && Array.isArray(within) ? within.length : 1),
    )
    .reduce((a, b) => a * b, 1);
}

function read(pattern: unknown, place: Place): readonly Alternative[] {
  if (!isObject(pattern)) throw invalid(place.at, 'must be a mapping of fields');
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw invalid(place.at, 'asks for nothing: name at least one field');
  return entries.reduce<readonly Alternative[]>(
    (alternatives, [key, wanted]) => {
      const at = place.at === '' ? key : `${place.at}.${key}`;
      if (key === '$or') return both(alternatives, readOr(wanted, { ...place, at }), at);
      checkName(key, { ...place, at });
      const path = place.path === '' ? key : `${place.path}.${key}`;
      if (isObject(wanted)) return both(alternatives, read(wanted, { ...place, path, at }), at);
      return both(alternatives, [[{ path, matchers: readList(wanted, at) }]], at);
    },
    [[]],
  );
}

function readOr(wanted: unknown, place: Place): Alternative[] {
  if (!Array.isArray(wanted) || wanted.length < 2) {
    throw invalid(place.at, 'must be a list of two or more mappings of fields, one of which is to match');
  }
  return wanted.flatMap((one, i) => read(one, { ...place, at: `${place.at}[${i}]`, isInOr: true }));
}

function readList(wanted: unknown, at: string): Matcher[] {
  if (!Array.isArray(wanted) || wanted.length === 0) {
    throw invalid(at, 'must be a list of values, such as ["main"], or a mapping of fields');
  }
  return wanted.map((matcher, i) => readMatcher(matcher, `${at}[${i}]`));
}

function checkName(key: string, { path, at, isInOr, top }: Place): void {
  const [first = '', ...more] = key.split('.');
  if (first === '' || more.includes('')) {
    throw invalid(at, 'EventBridge finds no field with an empty name: name the field between the dots');
  }
  if (path === '' && !top.includes(first))
    throw invalid(at, `no field of an event: an event has ${top.join(', ')}`);
  if (isInOr && RESERVED.has(key)) {
    throw invalid(
      at,
      'EventBridge keeps this name for an operator, and takes no such field within `$or`: name it outside',
    );
  }
}

/** Each of some alternatives with each of others. */
function both(some: readonly Alternative[], others: readonly Alternative[], at: string): Alternative[] {
  return some.flatMap((one) =>
    others.map((other) => {
      const twice = other.find(({ path }) => one.some((field) => field.path === path));
      if (!twice) return [...one, ...other];
      throw invalid(
        at,
        `asks for ${twice.path} a second time, and EventBridge would forget the first: write one list`,
      );
    }),
  );
}
