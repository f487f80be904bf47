import type { Path } from '../../core/dag/check/problems';
import { type Place, refusal } from '../foreign';
import type { Matrix, SoftFail } from './schema';

/** One job of a matrix: its values by the names of its dimensions; that of a list has no name. */
export interface Combination {
  readonly values: ReadonlyMap<string, string>;
  /** What an adjustment says in place of the step, and where; undefined where none does. */
  readonly softFail?: { readonly given: NonNullable<SoftFail>; readonly path: Path };
}

const MAX = 1_000;

/**
 * The jobs of a matrix, adjustments applied. One that names some of the dimensions only is about all jobs that fit.
 * @param text what a value is at upload
 * @throws RepriseError INPUT_INVALID @see https://buildkite.com/docs/pipelines/configure/workflows/build-matrix
 */
export function combinationsOf(
  matrix: Matrix,
  {
    path,
    at,
    text,
  }: { readonly path: Path; readonly at: Place; readonly text: (value: unknown, path: Path) => string },
): Combination[] {
  const { setup, adjustments } = Array.isArray(matrix) ? { setup: matrix, adjustments: null } : matrix;
  const place = Array.isArray(matrix) ? path : [...path, 'setup'];
  const named: Record<string, (string | number | boolean)[]> = Array.isArray(setup) ? { '': setup } : setup;
  const lists = Object.entries(named).map(([name, list]): [string, string[]] => {
    const own = name === '' ? place : [...place, name];
    return [name, list.map((value, i) => text(value, [...own, i]))];
  });
  const size = lists.reduce((product, [, list]) => product * list.length, 1);
  if (size > MAX) throw refusal(place, `gives more than ${MAX} jobs`, at);
  const jobs = new Map(productOf(lists).map((values) => [keyOf(values), { values } as Combination]));
  const names = lists.map(([name]) => name);
  const skipped = new Set<string>();
  for (const [i, { with: given, skip, soft_fail: soft }] of (adjustments ?? []).entries()) {
    const own = [...path, 'adjustments', i];
    const entries = Object.entries(typeof given === 'object' ? given : { '': given });
    const wanted = new Map(entries.map(([name, value]) => [name, text(value, [...own, 'with'])]));
    const isWhole = names.every((name) => wanted.has(name));
    if (![...wanted.keys()].every((name) => names.includes(name)) || !(isWhole || isSkip(skip) || soft)) {
      const all = names.map((name) => name || 'the one list').join(', ');
      throw refusal([...own, 'with'], `needs a value for each of ${all}, and for nothing else`, at);
    }
    const whole = new Map(names.map((name) => [name, wanted.get(name) ?? '']));
    const matching = isWhole
      ? [whole]
      : [...jobs.values()].flatMap(({ values }) => (fits(values, wanted) ? [values] : []));
    for (const values of matching) {
      if (isSkip(skip)) skipped.add(keyOf(values));
      else
        jobs.set(keyOf(values), {
          values,
          ...(soft ? { softFail: { given: soft, path: [...own, 'soft_fail'] } } : {}),
        });
    }
  }
  return [...jobs].flatMap(([key, job]) => (skipped.has(key) ? [] : [job]));
}

function fits(values: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): boolean {
  return [...wanted].every(([name, value]) => values.get(name) === value);
}

/** `skip: true`, or a reason. */
export function isSkip(skip: string | number | boolean | null | undefined): boolean {
  return skip !== undefined && skip !== null && skip !== false && skip !== '' && skip !== 'false';
}

function keyOf(values: ReadonlyMap<string, string>): string {
  return JSON.stringify([...values]);
}

function productOf(lists: readonly (readonly [string, readonly string[]])[]): ReadonlyMap<string, string>[] {
  let made: ReadonlyMap<string, string>[] = [new Map()];
  for (const [name, list] of lists) {
    made = made.flatMap((values) => list.map((value) => new Map([...values, [name, value]])));
  }
  return made;
}

const TOKEN = /\{\{\s*matrix(?:\.([\w.-]+))?\s*\}\}/g;

/** Puts the values of a job in. @throws RepriseError INPUT_INVALID for a name that the matrix has not */
export function withMatrix(text: string, values: ReadonlyMap<string, string>, path: Path, at: Place): string {
  return text.replace(TOKEN, (whole, name: string | undefined) => {
    const value = values.get(name ?? '');
    if (value === undefined) throw refusal(path, `${whole} is not in the matrix`, at);
    return value;
  });
}
