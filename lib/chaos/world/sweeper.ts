import { askerOf } from '../../core/engine/asker';
import { poolAt } from '../../core/messages/address';
import type { Sweeps, WorkerRegistry } from '../../core/ports/registries';
import { SWEEP_SECONDS } from '../../core/recovery/silence';
import { sweepPools } from '../../core/recovery/sweep';
import type { SomeProcess } from './decide';
import { type Fleet, POOL } from './fleet';
import { every, type Ground, sleep } from './ground';

/** Whether its pool knows who speaks is looked at once a minute. */
const PER_MINUTE = 60 / SWEEP_SECONDS;

/** Patience with a worker that is asked, which a dead one takes in full; milliseconds. */
const ANSWER_MS = 3_000;
const SILENT = { warn: () => undefined };

/** Finds out which workers are lost and which leases have run out, in whatever process is there. */
export function startSweeper(
  ground: Ground,
  deps: {
    readonly process: SomeProcess;
    readonly workers: WorkerRegistry;
    readonly sweeps: Sweeps;
    readonly fleet: Pick<Fleet, 'sightings'>;
  },
): void {
  const { say, watch, time } = ground;
  every(ground, SWEEP_SECONDS * 1_000, async (nth) => {
    const { workers, sweeps, process, fleet } = deps;
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
      const answers = (pool: string, { workerId }: { readonly workerId: string }) =>
        call(`asks ${workerId}`, async () => {
          const answers = (await fleet.sightings.of({ pool, workerId }, [])) !== undefined;
          if (!answers) await sleep(ground, ANSWER_MS);
          return answers;
        });
      const streams = { ...ports.streams, ask: askerOf(engine).ask };
      const of = { workers: watched, sweeps, streams, answers, log: SILENT, ...minutely };
      const swept = await sweepPools(of, [POOL], now());
      for (const { lost } of swept)
        if (lost.length > 0) say('sweeper', () => `holds ${lost.join(', ')} for lost`);
    });
  });
}
