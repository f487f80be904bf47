import type { Ended } from '../messages/pool';
import type { ReadOnly } from '../model/read-only';
import { cordonFor, triedOut } from './cordon';
import type { PoolEvent } from './events';
import { fits } from './fit';
import {
  compared,
  inWords,
  isCleared,
  lostOutcome,
  outcomeOf,
  verdictOf,
  type WorkerOutcome,
} from './health';
import type { Lease, PoolState } from './state';

/** Of this many active workers one may be kept off new work, or on probation, for its health. */
const WORKERS_PER_CORDON = 3;

/** What the end of an attempt says of the worker that ran it. @param at milliseconds since the epoch. */
export function judgeEnded(
  state: ReadOnly<PoolState>,
  lease: ReadOnly<Lease>,
  { ended, at }: { readonly ended: Ended | undefined; readonly at: number },
): PoolEvent[] {
  // One that was being cancelled was cut short.
  if (ended === undefined || lease.cancelRequested) return [];
  const outcome = outcomeOf(state.health, lease, ended, at);
  const { workerId } = lease;
  if (!state.cordons.probation.has(workerId))
    return judged(state, workerId, { more: outcome ? [outcome] : [], at });
  const how = outcome?.blame === 'slow' ? 'an attempt was slow' : 'an attempt failed by the machine';
  const wrong = outcome?.blame === undefined ? undefined : how;
  return triedOut(state.cordons, workerId, { wrong, at });
}

/** What it says of a worker that it lost attempts. @param at milliseconds since the epoch. */
export function judgeLost(
  state: ReadOnly<PoolState>,
  workerId: string,
  { leases, at }: { readonly leases: readonly ReadOnly<Lease>[]; readonly at: number },
): PoolEvent[] {
  if (leases.length === 0) return [];
  if (state.cordons.probation.has(workerId))
    return triedOut(state.cordons, workerId, { wrong: 'an attempt was lost', at });
  return judged(state, workerId, { more: leases.flatMap(({ work }) => lostOutcome(work, at) ?? []), at });
}

/** Workers that were suspected, and of which nothing is left that speaks against them. */
export function clearedBy({ health }: ReadOnly<PoolState>, at: number): PoolEvent[] {
  return [...health.suspected.keys()].flatMap((workerId) => {
    const comparison = compared(health, workerId, at);
    return isCleared(comparison) ? [cleared(workerId)] : [];
  });
}

function judged(
  state: ReadOnly<PoolState>,
  workerId: string,
  { more, at }: { readonly more: readonly WorkerOutcome[]; readonly at: number },
): PoolEvent[] {
  const { health, cordons } = state;
  if (cordons.cordoned.has(workerId)) return [];
  const isSuspected = health.suspected.has(workerId);
  // What speaks for a worker of which nobody thought ill changes nothing.
  if (!isSuspected && more.every(({ blame }) => blame === undefined)) return [];
  const comparison = compared(health, workerId, at, more);
  const verdict = verdictOf(comparison);
  const reason = inWords(comparison);
  if (verdict === 'bad' && mayCordon(state, workerId))
    return [cordonFor(cordons, { workerId, reason, cause: 'health', evidence: comparison }, at)];
  if (verdict !== 'well') {
    const { chance } = comparison;
    return isSuspected ? [] : [{ type: 'worker.suspected', data: { workerId, reason, chance } }];
  }
  return isSuspected && isCleared(comparison) ? [cleared(workerId)] : [];
}

const cleared = (workerId: string): PoolEvent => ({
  type: 'worker.cleared',
  data: { workerId, reason: 'what spoke against it is past, or no worse than elsewhere' },
});

/**
 * Whether a pool can do without a worker: few of its workers are kept off for their health, and another one that is in use
 * has its labels and resources, so that whatever ran there runs on.
 */
function mayCordon({ workers, cordons }: ReadOnly<PoolState>, workerId: string): boolean {
  const worker = workers.get(workerId);
  const isKeptOff = (id: string) => cordons.cordoned.has(id) || cordons.probation.has(id);
  const active = [...workers.values()].filter(({ status }) => status === 'active');
  const keptOff = active.filter((each) => each.workerId !== workerId && isKeptOff(each.workerId));
  if ((keptOff.length + 1) * WORKERS_PER_CORDON > active.length) return false;
  const others = active.filter((each) => each.workerId !== workerId && !isKeptOff(each.workerId));
  return others.some((other) => worker === undefined || fits(other, worker));
}
