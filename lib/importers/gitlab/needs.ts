import {
  dataOf,
  flagOf,
  itemsOf,
  type Located,
  type LocatedMap,
  mapOf,
  refuse,
  type Spot,
  settingOf,
  shown,
  type Tell,
  textOf,
} from '../located/located';

export interface Need {
  readonly job: string;
  readonly isOptional: boolean;
  /** Only these of its combinations. */
  readonly matrix: readonly ReadonlyMap<string, readonly string[]>[] | undefined;
  readonly spot: Spot;
}

/**
 * What a job needs; undefined where it waits for the stages before it.
 * @throws RepriseError INPUT_INVALID
 * @see https://docs.gitlab.com/ci/yaml/#needs
 */
export function needsOf(job: LocatedMap, tell: Tell): Need[] | undefined {
  const value = settingOf(job, 'needs');
  if (!value) return undefined;
  const items = itemsOf(value);
  const needs = items.flatMap((item): Need[] => {
    if (item.kind === 'plain')
      return [{ job: textOf(item), isOptional: false, matrix: undefined, spot: item.spot }];
    return needOf(mapOf(item), tell);
  });
  // Of needs that are all of other pipelines, GitLab keeps the order of the stages.
  return needs.length === 0 && items.length > 0 ? undefined : needs;
}

function needOf(item: LocatedMap, tell: Tell): Need[] {
  if (['pipeline', 'project'].some((key) => settingOf(item, key))) {
    tell('left-out', item.spot, `what other pipelines hand on is not there (${shown(item)})`);
    return [];
  }
  const job = settingOf(item, 'job');
  if (!job) throw refuse(item.spot, 'a need names a `job`');
  const optional = settingOf(item, 'optional');
  const artifacts = settingOf(item, 'artifacts');
  if (artifacts && !flagOf(artifacts)) {
    tell('left-out', artifacts.spot, 'nodes have the files that their worker has, whatever this says');
  }
  return [
    {
      job: textOf(job),
      isOptional: optional ? flagOf(optional) : false,
      matrix: matrixOf(settingOf(item, 'parallel')),
      spot: job.spot,
    },
  ];
}

function matrixOf(parallel: Located | undefined): Need['matrix'] {
  const matrix = parallel && settingOf(mapOf(parallel), 'matrix');
  if (!matrix) return undefined;
  return itemsOf(matrix).map((item) => {
    const entries = [...mapOf(item).entries].map(([name, { value }]) => {
      return [name, itemsOf(value).map((one) => String(dataOf(one)))] as const;
    });
    return new Map(entries);
  });
}

/** Whether a need is of a combination. */
export function isMeant(need: Need, matrix: ReadonlyMap<string, string>): boolean {
  if (!need.matrix) return true;
  return need.matrix.some((wanted) =>
    [...wanted].every(([name, values]) => values.includes(matrix.get(name) ?? '')),
  );
}
