import type { GraphIndex } from '../dag/graph-index';
import type { ReadOnly } from '../model/read-only';
import type { RollbackOrder } from './events';
import type { JobNode } from './nodes';
import { free, undoable } from './rollback';
import { evolveRollback } from './rollback-evolve';
import { freezeJob, thawJob } from './snapshot';
import type { JobState } from './state';

/** What a rollback of a job would undo as it stands now, in the order in which a single slot would. */
export function planRollback(index: GraphIndex, state: ReadOnly<JobState>, order: RollbackOrder): JobNode[] {
  const copy = thawJob(JSON.parse(JSON.stringify(freezeJob(state))));
  const nodes = undoable(index, copy, order);
  evolveRollback(index, copy, { type: 'rollback.started', data: { ...order, nodes } }, 0);
  const planned: JobNode[] = [];
  for (let [next] = free(index, copy); next; [next] = free(index, copy)) {
    const of = { nodeId: next.id, attempt: next.node.attempt + 1 };
    evolveRollback(index, copy, { type: 'rollback.stepReady', data: of }, 0);
    evolveRollback(index, copy, { type: 'rollback.stepSucceeded', data: { ...of, durationMs: 0 } }, 0);
    planned.push(next);
  }
  return planned;
}
