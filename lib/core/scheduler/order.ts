import type { WorkItem } from '../messages/pool';
import { PRIORITIES } from '../model/priority';

/** Waiting this long lifts work by one priority class, again and again up to the highest. */
export const AGEING_MS = 10 * 60_000;

const CLASS = new Map(PRIORITIES.map((priority, i) => [priority, i]));

/** 0 is the most urgent. */
export function classOf({ priority }: Pick<WorkItem, 'priority'>): number {
  return CLASS.get(priority) ?? 0;
}

/** The class of work by its priority and its wait. @param at milliseconds since the epoch. */
export function agedClass(work: Pick<WorkItem, 'priority' | 'readyAt'>, at: number): number {
  const lifts = Math.max(0, Math.floor((at - work.readyAt) / AGEING_MS));
  return Math.max(0, classOf(work) - lifts);
}

/** Best first among work of one owner and class: the longest remaining path, then the longest wait, then by name. */
export function byRank(a: WorkItem, b: WorkItem): number {
  return b.rank - a.rank || byAge(a, b);
}

/** The longest wait first, then by name: a total order. */
export function byAge(a: WorkItem, b: WorkItem): number {
  return (
    a.readyAt - b.readyAt || compare(a.jobId, b.jobId) || compare(a.nodeId, b.nodeId) || a.attempt - b.attempt
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
