import type { WorkItem } from '../messages/pool';
import { byAge, byRank, classOf } from './order';
import { shapeKey } from './shapes';
import { insertSorted, removeSorted } from './sorted';

/**
 * Queued work of one class, one owner and one shape (what it takes of a worker, and which dependencies it needs). Work of a lane differs
 * in nothing that assignment asks but its order, so a lane that fits nowhere is passed over as a whole.
 */
export interface Lane {
  readonly share: string;
  readonly priorityClass: number;
  /** Best first. */
  readonly ranked: WorkItem[];
  /** Oldest first. */
  readonly aged: WorkItem[];
}

/** What fairness is measured by: slots held in a class by an owner. */
export function shareOf(work: Pick<WorkItem, 'priority' | 'owner'>): string {
  return `${classOf(work)}|${work.owner}`;
}

export function enqueue(lanes: Map<string, Lane>, work: WorkItem): void {
  const key = laneKey(work);
  let lane = lanes.get(key);
  if (!lane) {
    lane = { share: shareOf(work), priorityClass: classOf(work), ranked: [], aged: [] };
    lanes.set(key, lane);
  }
  insertSorted(lane.ranked, work, byRank);
  insertSorted(lane.aged, work, byAge);
}

export function dequeue(lanes: Map<string, Lane>, work: WorkItem): void {
  const key = laneKey(work);
  const lane = lanes.get(key);
  if (!lane) return;
  removeSorted(lane.ranked, work, byRank);
  removeSorted(lane.aged, work, byAge);
  if (lane.ranked.length === 0) lanes.delete(key);
}

function laneKey(work: WorkItem): string {
  const { concurrency, avoid = [], dependencies = [], on } = work;
  const limit = concurrency ? `${concurrency.limit}:${concurrency.key}` : '';
  const names = [avoid, dependencies].map((each) => each.toSorted().join());
  const only = on ? `${on.workerId}:${on.until}` : '';
  return [shareOf(work), shapeKey(work), limit, ...names, only].join('|');
}
