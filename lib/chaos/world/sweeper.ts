import { poolAt } from '../../core/messages/address';
import type { Sweeps, WorkerRegistry } from '../../core/ports/registries';
import { sweepPools } from '../../core/recovery/sweep';
import type { SomeProcess } from './decide';
import { POOL } from './fleet';
import { every, type Ground } from './ground';

/** The clock calls the sweeper by the minute. */
const SWEEP_MS = 60_000;

/** Finds out which workers are lost and which leases have run out, in whatever process is there. */
export function startSweeper(
  ground: Ground,
  deps: { readonly process: SomeProcess; readonly workers: WorkerRegistry; readonly sweeps: Sweeps },
): void {
  const { say } = ground;
  every(ground, SWEEP_MS, async (nth) => {
    const { workers, sweeps, process } = deps;
    await process(`sweep ${nth}`)?.run(async ({ call, ports, engine, now }) => {
      const watched: Pick<WorkerRegistry, 'list' | 'markLost' | 'remove'> = {
        list: (pool) => call(`workers ${nth}`, () => workers.list(pool)),
        markLost: (...of) => call(`markLost ${of[1]}`, () => workers.markLost(...of)),
        remove: (...of) => call(`remove ${of[1]}`, () => workers.remove(...of)),
      };
      const known = async (pool: string) => new Set((await engine.view(poolAt(pool))).state.workers.keys());
      const swept = await sweepPools(
        { workers: watched, sweeps, streams: ports.streams, known },
        [POOL],
        now(),
      );
      for (const { lost } of swept)
        if (lost.length > 0) say('sweeper', () => `holds ${lost.join(', ')} for lost`);
    });
  });
}
