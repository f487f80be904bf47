import { PRIORITIES } from '../dag/graph';
import type { WorkItem } from './inputs';

const CLASS = new Map(PRIORITIES.map((priority, i) => [priority, i]));

/** Which work goes first: priority class, then the longest remaining path, then the longest wait, then by name. */
export function compareWork(a: WorkItem, b: WorkItem): number {
  return (
    (CLASS.get(a.priority) ?? 0) - (CLASS.get(b.priority) ?? 0) ||
    b.rank - a.rank ||
    a.readyAt - b.readyAt ||
    (a.jobId < b.jobId ? -1 : a.jobId > b.jobId ? 1 : 0) ||
    (a.nodeId < b.nodeId ? -1 : a.nodeId > b.nodeId ? 1 : 0) ||
    a.attempt - b.attempt
  );
}

/** Inserts in order; O(log n) comparisons. */
export function insertWork(queue: WorkItem[], work: WorkItem): void {
  queue.splice(position(queue, work), 0, work);
}

export function removeWork(queue: WorkItem[], work: WorkItem): void {
  const i = position(queue, work);
  const found = queue[i];
  if (found && compareWork(found, work) === 0) queue.splice(i, 1);
}

/** First index at which `work` may stand. */
function position(queue: readonly WorkItem[], work: WorkItem): number {
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareWork(queue[middle] as WorkItem, work) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
