import { expand } from '../../core/dag/check/expand';
import type { Place } from '../foreign';
import type { Tell } from './env';
import { textOf } from './evaluate';
import type { JobInstance } from './job';
import { type Combination, expandMatrix } from './matrix';
import type { WorkflowJob } from './schema';
import { scopeOf } from './scope';
import { templateOf } from './template';

/** What the instances of all jobs share. */
export interface InstanceContext {
  readonly makeId: (name: string) => string;
  readonly given: ReadonlyMap<string, string>;
  readonly at: Place;
}

/**
 * The nodes that a job becomes: one; one with the graph's own `matrix`; or one for each combination.
 * @throws RepriseError INPUT_INVALID
 */
export function instancesOf(
  key: string,
  job: WorkflowJob,
  { makeId, given, at }: InstanceContext,
  tell: Tell,
): JobInstance[] {
  const path = ['jobs', key, 'strategy', 'matrix'];
  const list = job.strategy?.matrix;
  if (list === undefined || list === null) return [single(makeId(key), {}, true)];
  const matrix = expandMatrix(list, { path, scope: scopeOf({ given }), at });
  for (const place of matrix.unknown) {
    tell(
      'left-out',
      place,
      'this part of the matrix is only known on GitHub: write its values into the graph',
    );
  }
  const isWhole = matrix.unknown.length === 0;
  const template = templateOf(job, matrix);
  if (template) {
    const id = makeId(key);
    const ids = reserve(id, template.matrix, makeId);
    if (ids) {
      const { matrix, variables } = template;
      return [{ ...single(id, {}, isWhole), ids, template: matrix, variables }];
    }
  }
  const total = matrix.combinations.length;
  return matrix.combinations.map((combination, index) => ({
    ...single(makeId(nameOf(key, combination)), combination, isWhole),
    ...{ index, total },
  }));
}

function single(id: string, combination: Combination, isMatrixWhole: boolean): JobInstance {
  return { id, ids: [id], combination, isMatrixWhole, template: undefined, index: 0, total: 1 };
}

/** The ids that a `matrix` will give to its nodes, which are taken from then on; undefined where one is not free. */
function reserve(
  id: string,
  matrix: Record<string, (string | number | boolean)[]>,
  makeId: (name: string) => string,
): string[] | undefined {
  const { instances, findings } = expand({ name: id, nodes: [{ id, run: 'true', matrix }] });
  if ([...findings].length > 0) return undefined;
  const ids = (instances[0] ?? []).map((instance) => instance.id);
  return ids.map((each) => makeId(each) === each).every(Boolean) ? ids : undefined;
}

function nameOf(key: string, combination: Combination): string {
  const parts = Object.values(combination)
    .filter((value) => typeof value !== 'object' || value === null)
    .map(textOf)
    .filter((text) => text !== '');
  return [key, ...parts].join('-');
}
