import type { ReadOnly } from '../model/read-only';
import { type Draft, draftOf, grant, heldBy, type Pick, placement, servedAt } from './draft';
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
 * O(lanes + workers) for each lease.
 * @param at milliseconds since the epoch.
 */
export function assign(state: ReadOnly<PoolState>, at: number): PoolEvent[] {
  const draft = draftOf(state, at);
  const events: PoolEvent[] = [];
  while (draft.free > 0) {
    const pick = best(draft);
    if (!pick) break;
    const worker = placement(draft, pick);
    if (!worker) {
      draft.blocked.add(pick.lane);
      continue;
    }
    const { jobId, nodeId, attempt, timeoutMs } = pick.work;
    const fence = grant(draft, pick, worker);
    const expiresAt = at + timeoutMs + LEASE_GRACE_MS;
    events.push({
      type: 'lease.granted',
      data: { jobId, nodeId, attempt, workerId: worker.workerId, fence, expiresAt },
    });
  }
  return events;
}

function best(draft: Draft): Pick | undefined {
  let chosen: Pick | undefined;
  for (const lane of draft.state.lanes.values()) {
    if (draft.blocked.has(lane)) continue;
    const pick = headOf(draft, lane);
    if (pick && (!chosen || before(draft, pick, chosen))) chosen = pick;
  }
  return chosen;
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

function before(draft: Draft, a: Pick, b: Pick): boolean {
  const order =
    a.priorityClass - b.priorityClass ||
    heldBy(draft, a.lane) - heldBy(draft, b.lane) ||
    servedAt(draft, a.lane) - servedAt(draft, b.lane) ||
    byRank(a.work, b.work);
  return order < 0;
}
