import type { Load, LoadDemand, LoadJob, LoadNode, LoadWorker } from '../../lib/core/capacity/load';
import { replay } from '../../lib/core/capacity/replay';
import { atOnce } from './steps';

const MINUTE_MS = 60_000;

interface NodeFields {
  readonly minutes?: number;
  readonly ms?: number;
  readonly demand?: LoadDemand;
  readonly after?: readonly number[];
}

/** A node that takes this long. It is to be replayed: the times that it has mean nothing but that. */
export function nodeOf(
  nodeId: string,
  { minutes = 1, ms = minutes * MINUTE_MS, ...fields }: NodeFields = {},
): LoadNode {
  const { demand = { labels: [], slots: 1 }, after = [] } = fields;
  const attempt = { readyAt: 0, startedAt: 0, endedAt: ms, workerId: '' };
  return { nodeId, of: nodeId, after, demand, rank: ms, attempts: [attempt], doneAt: ms };
}

/** A worker for work of any label. */
export const machine = (slots: number, workerId = 'm'): LoadWorker => ({ workerId, labels: '*', slots });

/** Jobs of one graph that come at these times, milliseconds, as they run on these workers. */
export function ranAs(
  jobs: readonly (readonly LoadNode[])[],
  workers: readonly LoadWorker[],
  { at = () => 0, maxRunningJobs = 500 }: { at?: (job: number) => number; maxRunningJobs?: number } = {},
): Load {
  const planned = jobs.map((nodes, i): LoadJob => {
    const about = { jobId: `j${i}`, graph: 'g', owner: 'ana', priority: 'normal' as const };
    const submittedAt = at(i);
    const shifted = nodes.map((node) => shiftedBy(node, submittedAt));
    const endedAt = Math.max(submittedAt, ...shifted.map(({ doneAt }) => doneAt));
    return { ...about, submittedAt, admittedAt: submittedAt, endedAt, nodes: shifted };
  });
  return atOnce(replay({ jobs: planned, workers, maxRunningJobs, outages: [] }));
}

function shiftedBy(node: LoadNode, ms: number): LoadNode {
  const attempts = node.attempts.map(({ readyAt, startedAt, endedAt, workerId }) => {
    return { readyAt: readyAt + ms, startedAt: startedAt + ms, endedAt: endedAt + ms, workerId };
  });
  return { ...node, attempts, doneAt: node.doneAt + ms };
}
