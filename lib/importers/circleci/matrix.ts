import { itemsOf, type Located, type LocatedMap, mapOf, refuse, settingOf, textOf } from '../located/located';

/** CircleCI's own bound of jobs that one matrix becomes. */
const MOST = 128;

/**
 * The combinations of a matrix; one without parameters where there is none.
 * @throws RepriseError INPUT_INVALID
 * @see https://circleci.com/docs/reference/configuration-reference/#matrix
 */
export function combinationsOf(matrix: LocatedMap | undefined): ReadonlyMap<string, Located>[] {
  if (!matrix) return [new Map()];
  const parameters = settingOf(matrix, 'parameters');
  if (!parameters) throw refuse(matrix.spot, 'a `matrix` has `parameters`');
  const axes = [...mapOf(parameters).entries].map(([name, { value }]) => [name, itemsOf(value)] as const);
  const count = axes.reduce((size, [, values]) => size * values.length, 1);
  if (count > MOST) throw refuse(matrix.spot, `a matrix has ${MOST} jobs at most, not ${count}`);
  const exclude = settingOf(matrix, 'exclude');
  const excluded = (exclude ? itemsOf(exclude) : []).map(excludedBy);
  const all = axes.reduce<ReadonlyMap<string, Located>[]>(
    (made, [name, values]) => made.flatMap((one) => values.map((value) => new Map([...one, [name, value]]))),
    [new Map()],
  );
  return all.filter((one) => !excluded.some((isIt) => isIt(one)));
}

function excludedBy(item: Located): (one: ReadonlyMap<string, Located>) => boolean {
  const wanted = [...mapOf(item).entries].map(([name, { value }]) => [name, textOf(value)] as const);
  return (one) =>
    wanted.every(([name, text]) => {
      const value = one.get(name);
      return value !== undefined && textOf(value) === text;
    });
}

/** What CircleCI calls a job of a matrix: its values, in the order of their names. */
export function suffixOf(combination: ReadonlyMap<string, Located>): string[] {
  return [...combination]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => (value.kind === 'plain' ? textOf(value) : 'x'));
}
