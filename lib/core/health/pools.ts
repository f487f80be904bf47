import { poolAt } from '../messages/address';
import type { DependencyStatus } from '../messages/dependency';
import type { ReadOnly } from '../model/read-only';
import type { Clock } from '../model/time';
import type { DependencyList } from '../ports/registries';
import type { StreamReader } from '../ports/streams';
import { samplePool } from '../projections/samples';
import type { PoolState } from '../scheduler/state';
import type { Check, Sight } from './health';

export interface EngineCheckDeps extends StreamReader {
  readonly pools: readonly string[];
  readonly dependencies: DependencyList;
  readonly clock: Clock;
}

/** What the engine knows of itself: that the queues of its pools move, and what keeps work off dependencies. */
export function engineChecks({ pools, view, dependencies, clock }: EngineCheckDeps): readonly Check[] {
  const ofEngine = { type: 'component', isVital: false } as const;
  return [
    ...pools.map(
      (pool): Check => ({
        ...{ ...ofEngine, component: `pool/${pool}`, measurement: 'wait' },
        look: async () => sightOfPool(pool, (await view(poolAt(pool))).state, clock()),
      }),
    ),
    {
      ...{ ...ofEngine, component: 'breakers', measurement: 'open' },
      look: async () => sightOfBreakers(await dependencies.list()),
    },
  ];
}

/** Longer than that nothing that is ready should wait while slots are free. */
const LAG_SECONDS = 60;

/**
 * Whether the queue of a pool moves: work that waits for long while slots are free, or where no worker takes any. Work that
 * waits as all slots are taken is as it should be.
 * @param at milliseconds since the epoch.
 */
export function sightOfPool(pool: string, state: ReadOnly<PoolState>, at: number): Sight {
  const sampled = new Map(samplePool(pool, state, at).map(({ name, value }) => [name, value]));
  const of = (name: 'OldestAttemptWait' | 'AttemptsWaiting' | 'Slots' | 'SlotsTaken') =>
    sampled.get(name) ?? 0;
  const wait = of('OldestAttemptWait');
  const observed = { value: wait, unit: 's' };
  const waiting = of('AttemptsWaiting');
  if (waiting === 0) return { observed };
  if (of('Slots') === 0)
    return { status: 'warn', observed, output: `${waiting} attempts wait, and no worker takes any` };
  if (wait <= LAG_SECONDS || of('SlotsTaken') >= of('Slots')) return { observed };
  return { status: 'warn', observed, output: `work waits for ${Math.round(wait)} s while slots are free` };
}

/** Breakers that keep work off what it needs: the engine does what it should, and somebody should look. */
export function sightOfBreakers(
  dependencies: readonly { readonly name: string; readonly status: DependencyStatus }[],
): Sight {
  const open = dependencies.filter(({ status }) => status !== 'closed').map(({ name }) => name);
  const observed = { value: open.length, unit: 'open' };
  if (open.length === 0) return { observed };
  return { status: 'warn', observed, output: `not closed: ${open.slice(0, 10).join(', ')}` };
}
