import type { DependencyStatus } from '../messages/dependency';
import { DEPENDENCY_STATUSES } from '../messages/dependency';
import type { ReadOnly } from '../model/read-only';
import type { PoolState } from '../scheduler/state';
import { type Measurement, measured } from './metrics';

/**
 * How a pool stands. Slots are those of workers that take work: one that is cordoned or drained has none to offer, and what
 * runs there is not counted either.
 * @param at milliseconds since the epoch.
 */
export function samplePool(pool: string, state: ReadOnly<PoolState>, at: number): readonly Measurement[] {
  const { admission, queued, leases, workers, cordons } = state;
  const counts = { active: 0, cordoned: 0, draining: 0 };
  let [slots, taken] = [0, 0];
  for (const { workerId, status, slots: its, free } of workers.values()) {
    const is = status === 'active' && cordons.cordoned.has(workerId) ? 'cordoned' : status;
    counts[is] += 1;
    if (is !== 'active') continue;
    slots += its;
    taken += its - free;
  }
  const waits = (times: Iterable<number>) => oldest(times, at);
  return [
    measured('JobsWaiting', admission.waiting.size, { pool }),
    measured('JobsRunning', admission.running.size, { pool }),
    measured('OldestJobWait', waits(map(admission.waiting.values(), (job) => job.queuedAt)), { pool }),
    measured('AttemptsWaiting', queued.size, { pool }),
    measured('OldestAttemptWait', waits(map(queued.values(), (work) => work.readyAt)), { pool }),
    measured('AttemptsLeased', leases.size, { pool }),
    measured('Slots', slots, { pool }),
    measured('SlotsTaken', taken, { pool }),
    measured('SlotUtilisation', slots === 0 ? 0 : taken / slots, { pool }),
    ...(['active', 'cordoned', 'draining'] as const).map((status) =>
      measured('Workers', counts[status], { pool, status }),
    ),
  ];
}

interface Listed {
  readonly name: string;
  readonly status: DependencyStatus;
}

const OPEN: Readonly<Record<DependencyStatus, number>> = { closed: 0, halfOpen: 0.5, open: 1 };

/** How the breakers of dependencies stand, in all and each. */
export function sampleBreakers(dependencies: readonly Listed[]): readonly Measurement[] {
  const of = (status: DependencyStatus) => dependencies.filter((each) => each.status === status).length;
  return [
    ...DEPENDENCY_STATUSES.map((status) => measured('Breakers', of(status), { status })),
    ...dependencies.map(({ name, status }) => measured('BreakerOpen', OPEN[status], { dependency: name })),
  ];
}

interface Group {
  readonly open: number;
  readonly oldestAt?: number;
}

/** @param groups of letters, those without an open one included. @param at milliseconds since the epoch. */
export function sampleLetters(groups: readonly Group[], at: number): readonly Measurement[] {
  const times = groups.flatMap(({ open, oldestAt }) =>
    open > 0 && oldestAt !== undefined ? [oldestAt] : [],
  );
  return [
    measured(
      'LettersWaiting',
      groups.reduce((sum, { open }) => sum + open, 0),
    ),
    measured('OldestLetterAge', oldest(times, at)),
  ];
}

/** Seconds since the earliest of these times, 0 where there is none. */
function oldest(times: Iterable<number>, at: number): number {
  let first = at;
  for (const time of times) if (time < first) first = time;
  return (at - first) / 1_000;
}

function* map<A, B>(all: Iterable<A>, of: (each: A) => B): Iterable<B> {
  for (const each of all) yield of(each);
}
