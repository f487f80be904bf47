/**
 * Values of GitHub's expressions: what they count as, and how they compare.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#operators
 */

/** What `.*` gives: what stands behind it is asked of each. */
class Filtered extends Array<unknown> {}

export function isTruthy(value: unknown): boolean {
  return !(value === false || value === 0 || value === '' || value === null || Number.isNaN(value));
}

/** A value as it stands in a text. Lists and objects have no text of their own there. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? numberText(value) : String(value);
  if (typeof value === 'object') return Array.isArray(value) ? 'Array' : 'Object';
  return String(value);
}

/** At most 15 digits count. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(15)) + 0);
}

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** Texts compare without regard to case, values of different types as numbers, lists and objects by identity. */
export function compare(op: Comparison, a: unknown, b: unknown): boolean {
  if (op === '!=') return !compare('==', a, b);
  if (op === '<=' || op === '>=') return compare('==', a, b) || compare(op === '<=' ? '<' : '>', a, b);
  const [x, y] = coerced(a, b);
  if (op === '==') return x === y;
  if (typeof x === 'object' || typeof y === 'object') return false;
  return op === '<' ? x < y : x > y;
}

type Primitive = string | number | object;

function coerced(a: unknown, b: unknown): [Primitive, Primitive] {
  if (typeof a === 'string' && typeof b === 'string') return [a.toUpperCase(), b.toUpperCase()];
  if (isObject(a) && isObject(b)) return [a, b];
  return [numberOf(a), numberOf(b)];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Null, booleans and texts as numbers: an empty text is 0, one that is no number is none. */
export function numberOf(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'object') return Number.NaN;
  // Only of JavaScript's notations.
  if (typeof value === 'string' && /^\s*0b/i.test(value)) return Number.NaN;
  return Number(value);
}

/** What stands at a name or a number in a value, without regard to case; null where there is nothing. */
export function itemOf(value: unknown, key: unknown): unknown {
  if (value instanceof Filtered) {
    return Filtered.from(value.map((each) => entryOf(each, key)).filter((found) => found !== undefined));
  }
  return entryOf(value, key) ?? null;
}

function entryOf(value: unknown, key: unknown): unknown {
  if (Array.isArray(value)) {
    const index = Math.floor(numberOf(key));
    return index >= 0 && index < value.length ? value[index] : undefined;
  }
  if (!isObject(value) || typeof key === 'object') return undefined;
  const name = textOf(key).toLowerCase();
  const own = Object.entries(value).find(([each]) => each.toLowerCase() === name);
  return own?.[1];
}

/** All items of a list, or values of an object. */
export function allOf(value: unknown): Filtered {
  const each = value instanceof Filtered ? value.flatMap((inner) => valuesOf(inner)) : valuesOf(value);
  return Filtered.from(each);
}

function valuesOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return [...(value as unknown[])];
  return isObject(value) ? Object.values(value) : [];
}
