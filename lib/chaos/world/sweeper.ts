import { poolAt } from '../../core/messages/address';
import type { Sweeps, WorkerRegistry } from '../../core/ports/registries';
import { SWEEP_SECONDS } from '../../core/recovery/silence';
import { sweepPools } from '../../core/recovery/sweep';
import type { SomeProcess } from './decide';
import { POOL } from './fleet';
import { every, type Ground } from './ground';

/** Whether its pool knows who speaks is looked at once a minute. */
const PER_MINUTE = 60 / SWEEP_SECONDS;

/** Finds out which workers are lost and which leases have run out, in whatever process is there. */
export function startSweeper(
  ground: Ground,
  deps: { readonly process: SomeProcess; readonly workers: WorkerRegistry; readonly sweeps: Sweeps },
): void {
  const { say, watch, time } = ground;
  every(ground, SWEEP_SECONDS * 1_000, async (nth) => {
    const { workers, sweeps, process } = deps;
    await process(`sweep ${nth}`)?.run(async ({ call, ports, engine, now }) => {
      const watched: Pick<WorkerRegistry, 'list' | 'markLost' | 'remove'> = {
        list: (pool) => call(`workers ${nth}`, () => workers.list(pool)),
        markLost: (...of) =>
          call(`markLost ${of[1]}`, async () => {
            const isLost = await workers.markLost(...of);
            if (isLost) watch.heldForLost(of[1], time.now());
            return isLost;
          }),
        remove: (...of) => call(`remove ${of[1]}`, () => workers.remove(...of)),
      };
      const known = async (pool: string) => (await engine.view(poolAt(pool))).state.workers;
      const minutely = nth % PER_MINUTE === 0 ? { known } : {};
      const of = { workers: watched, sweeps, streams: ports.streams, ...minutely };
      const swept = await sweepPools(of, [POOL], now());
      for (const { lost } of swept)
        if (lost.length > 0) say('sweeper', () => `holds ${lost.join(', ')} for lost`);
    });
  });
}
