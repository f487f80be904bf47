import { heap } from '../model/heap';
import { PRIORITIES } from '../model/priority';
import type { ReadOnly } from '../model/read-only';
import { type Draft, draftOf, grant, heldBy, type Open, type Pick, placement, servedAt } from './draft';
import type { PoolEvent } from './events';
import type { Lane } from './lanes';
import { agedClass, byRank } from './order';
import type { PoolState } from './state';

/** Time beyond a node's own timeout before its lease runs out: start-up, the last callback, clock skew. */
export const LEASE_GRACE_MS = 60_000;

/**
 * Gives ready work to workers until none of it fits. Which work: the most urgent class, waiting counted in
 * (`agedClass`); within it the owner who holds the fewest slots of the class, among equals the one served longest
 * ago; of that owner the longest remaining path. So while an owner has work that fits, no other owner of its class
 * gets further ahead of it than one lease. Which worker: see `placement`.
 * O(lanes + workers), and O(log owners + workers) for each lease.
 * @param at milliseconds since the epoch.
 */
export function assign(state: ReadOnly<PoolState>, at: number): PoolEvent[] {
  const draft = draftOf(state, at);
  const events: PoolEvent[] = [];
  if (draft.free <= 0) return events;
  const waiting = byClass(draft);
  for (const picks of waiting) {
    const shares = heap(before, sharesOf(draft, picks));
    while (draft.free > 0) {
      const share = shares.pop();
      if (!share) break;
      const { pick } = share;
      const worker = placement(draft, pick);
      if (worker) events.push(granted(draft, pick, worker));
      // A lane that fits nowhere is passed over: capacity only shrinks in one go, so it stays so.
      const next = worker && headOf(draft, pick.lane);
      if (next && next.priorityClass !== pick.priorityClass) waiting[next.priorityClass]?.push(next);
      const others = share.picks.filter((each) => each !== pick);
      const left = next?.priorityClass === pick.priorityClass ? [...others, next] : others;
      if (left.length > 0) shares.push(shareOf(draft, left));
    }
  }
  return events;
}

function granted(draft: Draft, pick: Pick, worker: Open): PoolEvent {
  const { jobId, nodeId, attempt, timeoutMs } = pick.work;
  const fence = grant(draft, pick, worker);
  const expiresAt = draft.at + timeoutMs + LEASE_GRACE_MS;
  const { workerId } = worker.worker;
  return { type: 'lease.granted', data: { jobId, nodeId, attempt, workerId, fence, expiresAt } };
}

/** What each lane offers, by the class it competes in. */
function byClass(draft: Draft): Pick[][] {
  const picks: Pick[][] = PRIORITIES.map(() => []);
  for (const lane of draft.state.lanes.values()) {
    const pick = headOf(draft, lane);
    if (pick) picks[pick.priorityClass]?.push(pick);
  }
  return picks;
}

/** What the lanes of an owner offer in a class, and what it holds of that class. */
interface Share {
  readonly picks: readonly Pick[];
  /** The best of them. */
  readonly pick: Pick;
  readonly held: number;
  readonly served: number;
}

function sharesOf(draft: Draft, picks: readonly Pick[]): Share[] {
  const shares = new Map<string, Pick[]>();
  for (const pick of picks) {
    const own = shares.get(pick.lane.share);
    if (own) own.push(pick);
    else shares.set(pick.lane.share, [pick]);
  }
  return [...shares.values()].map((own) => shareOf(draft, own));
}

/** @param picks of one owner and class. */
function shareOf(draft: Draft, picks: readonly Pick[]): Share {
  const pick = picks.reduce((best, each) => (byRank(each.work, best.work) < 0 ? each : best));
  return { picks, pick, held: heldBy(draft, pick.lane), served: servedAt(draft, pick.lane) };
}

function before(a: Share, b: Share): boolean {
  return (a.held - b.held || a.served - b.served || byRank(a.pick.work, b.pick.work)) < 0;
}

/** What a lane offers next: its oldest work where waiting has lifted that into a higher class, else its best. */
function headOf(draft: Draft, lane: ReadOnly<Lane>): Pick | undefined {
  const cursor = draft.cursors.get(lane);
  const oldest = next(lane.aged, cursor?.aged ?? 0, cursor?.taken);
  if (!oldest) return undefined;
  const lifted = agedClass(oldest, draft.at);
  if (lifted < lane.priorityClass) return { lane, work: oldest, priorityClass: lifted };
  const work = next(lane.ranked, cursor?.ranked ?? 0, cursor?.taken);
  return work && { lane, work, priorityClass: lane.priorityClass };
}

function next<T>(list: readonly T[], from: number, taken: ReadonlySet<T> | undefined): T | undefined {
  let i = from;
  while (taken && i < list.length && taken.has(list[i] as T)) i++;
  return list[i];
}
