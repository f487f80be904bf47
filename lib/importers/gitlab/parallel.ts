import { SHARD_VARIABLES, templateVariables } from '../../core/dag/template';
import { itemsOf, type LocatedMap, mapOf, refuse, settingOf, textOf } from '../located/located';

/** GitLab's bound of instances of one job. */
const MOST = 200;

/** One of the jobs that a parallel job becomes. */
export interface Combination {
  readonly matrix: ReadonlyMap<string, string>;
  /** From 1, among `total`; undefined for a job that is not parallel. */
  readonly index: number | undefined;
  readonly total: number;
}

export interface Parallel {
  readonly combinations: readonly Combination[];
  /** The matrix, where it is one product. */
  readonly product: ReadonlyMap<string, readonly string[]> | undefined;
}

/** @throws RepriseError INPUT_INVALID @see https://docs.gitlab.com/ci/yaml/#parallel */
export function parallelOf(job: LocatedMap): Parallel {
  const value = settingOf(job, 'parallel');
  if (!value)
    return { combinations: [{ matrix: new Map(), index: undefined, total: 1 }], product: undefined };
  if (value.kind !== 'map') {
    const total = Number(textOf(value));
    if (!Number.isInteger(total) || total < 1 || total > MOST) {
      throw refuse(value.spot, `\`parallel\` is a whole number from 1 to ${MOST}, or a matrix`);
    }
    return { combinations: numbered(Array.from({ length: total }, () => new Map())), product: undefined };
  }
  const matrix = settingOf(value, 'matrix');
  if (matrix?.kind !== 'list')
    throw refuse(value.spot, 'a `matrix` is a list of variables with their values');
  const products = matrix.items.map((item) => {
    const names = [...mapOf(item).entries].map(([name, { value: values }]) => {
      return [name, itemsOf(values).map(textOf)] as const;
    });
    return new Map(names);
  });
  const count = products.reduce((sum, product) => sum + sizeOf(product), 0);
  if (count < 1 || count > MOST) throw refuse(matrix.spot, `a matrix has 1 to ${MOST} jobs, not ${count}`);
  return {
    combinations: numbered(products.flatMap(combine)),
    product: products.length === 1 ? products[0] : undefined,
  };
}

function sizeOf(product: ReadonlyMap<string, readonly string[]>): number {
  return [...product.values()].reduce((size, values) => size * values.length, 1);
}

function combine(product: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, string>[] {
  return [...product].reduce<ReadonlyMap<string, string>[]>(
    (made, [name, values]) => made.flatMap((map) => values.map((value) => new Map([...map, [name, value]]))),
    [new Map()],
  );
}

function numbered(matrices: readonly ReadonlyMap<string, string>[]): Combination[] {
  return matrices.map((matrix, i) => ({ matrix, index: i + 1, total: matrices.length }));
}

/** The graph's own form of a parallel job, where it says the same. */
export type Form =
  | { readonly kind: 'shards'; readonly shards: number }
  | { readonly kind: 'matrix'; readonly matrix: Record<string, string[]> };

/**
 * @param scripts what the command is made of: it reads the values from variables
 * @param settings everything else that is said of the job, which no variable reaches
 */
export function formOf(
  parallel: Parallel,
  scripts: readonly string[],
  settings: readonly string[],
): Form | undefined {
  const { combinations, product } = parallel;
  if (combinations.length < 2 || scripts.some((text) => templateVariables(text).length > 0)) return undefined;
  const names = product ? [...product.keys()] : ['CI_NODE_INDEX', 'CI_NODE_TOTAL'];
  const isNamed = (text: string) => names.some((name) => new RegExp(`\\$\\{?${name}\\b`).test(text));
  if (names.some((name) => !/^[A-Za-z_]\w{0,63}$/.test(name)) || settings.some(isNamed)) return undefined;
  if (!product) {
    return combinations.every(({ matrix }) => matrix.size === 0)
      ? { kind: 'shards', shards: combinations.length }
      : undefined;
  }
  if (scripts.some((text) => /\bCI_NODE_(INDEX|TOTAL)\b/.test(text))) return undefined;
  const isFree = new Set(names.map((name) => name.toUpperCase())).size === names.length;
  if (!isFree || names.some((name) => (SHARD_VARIABLES as readonly string[]).includes(name)))
    return undefined;
  if ([...product.values()].flat().some((value) => value === '' || value.length > 64)) return undefined;
  return {
    kind: 'matrix',
    matrix: Object.fromEntries([...product].map(([name, values]) => [name, [...values]])),
  };
}
