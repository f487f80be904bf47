import { isMapping } from '../../core/dag/check/outline';
import type { Path } from '../../core/dag/check/problems';
import { type Place, refusal } from '../foreign';
import type { Scope } from './evaluate';
import { resolveValue } from './interpolate';
import { textOf } from './values';

export type Combination = Readonly<Record<string, unknown>>;

/** GitHub's own limit on the jobs of one matrix. */
const MAX_COMBINATIONS = 256;

export interface Matrix {
  /** One job each; a single empty one for a matrix that cannot be known. */
  readonly combinations: readonly Combination[];
  /** The lists by name, when the matrix is nothing but their product. */
  readonly product: Readonly<Record<string, readonly unknown[]>> | undefined;
  /** Paths in the matrix that are known only while the workflow runs. */
  readonly unknown: readonly Path[];
}

/**
 * The jobs of a matrix: the product of the lists, less `exclude`, plus `include`.
 * @param path of the matrix in the file
 * @throws RepriseError INPUT_INVALID
 * @see https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations
 */
export function expandMatrix(
  given: string | Readonly<Record<string, unknown>>,
  { path, scope, at }: { readonly path: Path; readonly scope: Scope; readonly at: Place },
): Matrix {
  const known = typeof given === 'string' ? resolveValue(given, scope) : { value: given };
  if (known === undefined || !isMapping(known.value)) {
    return { combinations: [{}], product: undefined, unknown: [path] };
  }
  const unknown: Path[] = [];
  const lists: Record<string, readonly unknown[]> = {};
  let include: Combination[] = [];
  let exclude: Combination[] = [];
  for (const [name, list] of Object.entries(known.value)) {
    const place = [...path, name];
    const values = typeof list === 'string' ? resolveValue(list, scope)?.value : list;
    if (typeof list === 'string' && !Array.isArray(values)) unknown.push(place);
    else if (!Array.isArray(values)) throw refusal(place, 'expected a list', at);
    else {
      const missing: number[] = [];
      const found = values.map((value, i) => {
        const before = unknown.length;
        const resolved = knownValue(value, [...place, i], scope, unknown);
        if (unknown.length > before) missing.push(i);
        return resolved;
      });
      if (name === 'include') include = combinationsOf(found, place, at);
      else if (name === 'exclude') {
        // What it leaves out is known only where all of it is.
        exclude = combinationsOf(found, place, at).filter((_, i) => !missing.includes(i));
      } else lists[name] = found;
    }
  }
  const size = Object.values(lists).reduce((product, list) => product * list.length, 1);
  if (size > MAX_COMBINATIONS || include.length > MAX_COMBINATIONS) {
    throw refusal(path, `gives more than ${MAX_COMBINATIONS} combinations`, at);
  }
  const base = productOf(lists).filter(
    (combination) => !exclude.some((entry) => matches(combination, entry)),
  );
  const combinations = withIncluded(base, include, lists);
  const isProduct = include.length === 0 && exclude.length === 0 && unknown.length === 0;
  if (combinations.length === 0) {
    if (unknown.length === 0) throw refusal(path, 'leaves no combination', at);
    combinations.push({});
  }
  return { combinations, product: isProduct && size > 0 ? lists : undefined, unknown };
}

function productOf(lists: Readonly<Record<string, readonly unknown[]>>): Combination[] {
  if (Object.keys(lists).length === 0) return [];
  let made: Combination[] = [{}];
  for (const [name, values] of Object.entries(lists)) {
    made = made.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value })));
  }
  return made;
}

/** An entry adds to every combination of the lists that it does not contradict, else it is one more. */
function withIncluded(
  base: readonly Combination[],
  include: readonly Combination[],
  lists: Readonly<Record<string, readonly unknown[]>>,
): Combination[] {
  const extended = base.map((combination) => ({ original: combination, all: { ...combination } }));
  const added: Combination[] = [];
  for (const entry of include) {
    const own = Object.fromEntries(Object.entries(entry).filter(([name]) => Object.hasOwn(lists, name)));
    const fitting = extended.filter(({ original }) => matches(original, own));
    for (const { all } of fitting) Object.assign(all, entry);
    if (fitting.length === 0) added.push(entry);
  }
  return [...extended.map(({ all }) => all), ...added];
}

function matches(combination: Combination, part: Combination): boolean {
  return Object.entries(part).every(([name, value]) => isSame(combination[name], value));
}

/** Parts of an object are compared as deep as the entry goes. */
function isSame(value: unknown, wanted: unknown): boolean {
  if (isMapping(wanted)) return isMapping(value) && matches(value, wanted);
  if (typeof wanted === 'object' && wanted !== null) return JSON.stringify(value) === JSON.stringify(wanted);
  return textOf(value) === textOf(wanted);
}

function combinationsOf(list: readonly unknown[], path: Path, at: Place): Combination[] {
  return list.map((entry, i) => {
    if (!isMapping(entry)) throw refusal([...path, i], 'expected a mapping', at);
    return entry;
  });
}

/** The value with its expressions put in, at whatever depth; undefined in place of what is not known. */
function knownValue(value: unknown, path: Path, scope: Scope, unknown: Path[]): unknown {
  if (typeof value === 'string') {
    const known = resolveValue(value, scope);
    if (!known) unknown.push(path);
    return known?.value;
  }
  if (Array.isArray(value)) return value.map((each, i) => knownValue(each, [...path, i], scope, unknown));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, knownValue(each, [...path, name], scope, unknown)]),
  );
}
