import type { GraphIndex } from '../dag/graph-index';
import { isOver } from '../model/outcome';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { JobEvent } from './events';
import type { JobInput } from './input';
import { planResume } from './resume-plan';
import { nextRun } from './runs';
import type { JobState } from './state';

type Resume = Extract<JobInput, { type: 'resume' }>;

/**
 * A live job goes on as it is, by another run of its workflow where that has ended. An ended one runs again what
 * `planResume` says, by another run. Of a live job neither nodes nor graph can be changed: what asks for it comes too late.
 */
export function resume(index: GraphIndex, state: ReadOnly<JobState>, input: Resume): JobEvent[] {
  const { reason, from, graphHash, change } = input;
  if (state.status === 'new') return [];
  const run = nextRun(state);
  if (!isOver(state.status)) {
    if (from !== undefined || graphHash !== undefined) return [];
    const began = state.workflowEnded === undefined ? {} : { run };
    return [{ type: 'job.resumed', data: { nodes: [], reason, ...began } }];
  }
  const isOther = graphHash !== undefined && graphHash !== index.hash;
  // Nobody knows that graph, or another resume was faster.
  if (isOther && change?.index.hash !== graphHash) return [];
  const { nodes, gone, itemsGone } = planResume(index, state, { from, change: isOther ? change : undefined });
  const again = nodes.flatMap(({ nodeId, runs }) => (runs ? [nodeId] : []));
  if (again.length === 0 && gone.length === 0) return [];
  const begins = { reason, run, ...present({ from }) };
  if (!isOther || !change)
    return [{ type: 'job.resumed', data: { nodes: [...again, ...itemsGone], ...begins } }];
  const keeps = nodes.flatMap(({ nodeId, runs }) => (runs ? [] : [nodeId]));
  const graph = { graphHash, nodes: change.index.graph.nodes.length };
  return [{ type: 'job.replanned', data: { ...graph, keeps, ...begins } }];
}
