import { MACHINE_POOL } from '../adapters/embedded/runtime/runnable';
import { realTimer } from '../adapters/system';
import { createCheckup, type Health } from '../core/health/health';
import { engineChecks } from '../core/health/pools';
import { LIMITS } from '../core/limits';
import { poolAt } from '../core/messages/address';
import type { Clock, SetTimer } from '../core/model/time';
import type { LetterList } from '../core/ports/registries';
import type { Measurement } from '../core/projections/metrics';
import { sampleBreakers, sampleLetters, samplePool } from '../core/projections/samples';
import type { ServedEngine } from './engine';
import { diskCheck, engineCheck } from './health';

export interface VitalsDeps {
  readonly engine: Pick<ServedEngine, 'streams' | 'lists'>;
  readonly letters: LetterList;
  /** Whose the jobs are. */
  readonly owner: string;
  /** The directory of the journals. */
  readonly root: string;
  /** Why the engine does not go on; undefined while it does. */
  readonly failure: () => unknown;
  readonly clock: Clock;
  readonly setTimer?: SetTimer | undefined;
}

/** How a daemon is: what it says when it is asked for its health, and what is so when its metrics are read. */
export interface Vitals {
  readonly checkup: () => Promise<Health>;
  readonly sample: () => Promise<readonly Measurement[]>;
}

export function createVitals(deps: VitalsDeps): Vitals {
  const { engine, letters, owner, clock, setTimer = realTimer } = deps;
  const { view } = engine.streams;
  const { dependencies } = engine.lists;
  return {
    checkup: createCheckup({
      checks: [
        engineCheck(deps.failure),
        diskCheck(deps.root),
        ...engineChecks({ pools: [MACHINE_POOL], view, dependencies, clock }),
      ],
      ...{ clock, setTimer },
    }),
    async sample() {
      const [pool, listed, { groups }] = await Promise.all([
        view(poolAt(MACHINE_POOL)),
        dependencies.list(),
        letters.list({ owner, limit: LIMITS.listedJobs }),
      ]);
      const now = clock();
      return [
        ...samplePool(MACHINE_POOL, pool.state, now),
        ...sampleBreakers(listed),
        ...sampleLetters(groups, now),
      ];
    },
  };
}
