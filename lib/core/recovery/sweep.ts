import { poolAt } from '../messages/address';
import type { PoolMessage, Worker } from '../messages/pool';
import type { RegisteredWorker, Sweeps, WorkerRegistry } from '../ports/registries';
import type { StreamSender } from '../ports/streams';
import { bareWorker, isLost, isReachable, type Wellness, wellness } from './silence';

export interface SweepDeps {
  readonly workers: Pick<WorkerRegistry, 'list' | 'markLost' | 'remove'>;
  readonly sweeps: Sweeps;
  readonly streams: StreamSender;
  /** The workers that the pool counts on, as they registered; left out, nobody looks whether it knows those that speak. */
  readonly known?: (pool: string) => Promise<ReadonlyMap<string, Pick<Worker, 'registration'>>>;
}

export interface Swept {
  readonly pool: string;
  readonly lost: readonly string[];
  /** Of those that ran attempts: how long each was not heard of when it was found lost, milliseconds. */
  readonly silences: readonly number[];
}

/**
 * Tells every pool which of its workers are lost, as far as the engine can know that (see `isLost`), and that time has
 * passed.
 * @param now milliseconds since the epoch.
 */
export async function sweepPools(deps: SweepDeps, pools: readonly string[], now: number): Promise<Swept[]> {
  const sweptSince = await deps.sweeps.record(now);
  const listed = await Promise.all(
    pools.map(async (pool) => ({ pool, workers: await deps.workers.list(pool) })),
  );
  const everybody = listed.flatMap(({ workers }) => workers);
  const well = wellness(everybody, { sweptSince, now });
  return Promise.all(listed.map((each) => sweepPool(deps, each, { well, now })));
}

/**
 * Tells a pool which workers are lost and that time has passed. A worker is first held for lost, so that it
 * has to register anew, then reported, then forgotten: a crash in between is made good by the next sweep. A worker that
 * speaks while the pool does not know it (it registered anew just before it was reported), or knows an earlier registration
 * of it (what a sweep before this one had seen came later), is registered once more.
 */
async function sweepPool(
  { workers, streams, known }: SweepDeps,
  { pool, workers: listed }: { readonly pool: string; readonly workers: readonly RegisteredWorker[] },
  { well, now }: { readonly well: Wellness; readonly now: number },
): Promise<Swept> {
  const send = (id: string, message: PoolMessage) =>
    streams.send({ to: poolAt(pool), message }, { id, actor: { kind: 'engine', id: 'sweeper' } });
  const lost: string[] = [];
  const silences: number[] = [];
  const inPool = await known?.(pool);
  for (const worker of listed) {
    const { workerId, lastSeenAt } = worker;
    if (!isLost(worker, well, now)) {
      // A worker that is being drained has no need to be known: it takes nothing new.
      if (inPool && !isKnown(inPool, worker) && !worker.draining && isReachable(worker))
        await send(`known/${workerId}/${now}`, { type: 'workerRegistered', worker: bareWorker(worker) });
      continue;
    }
    if (!(await workers.markLost(pool, workerId, { lastSeenAt, at: now }))) continue;
    const reason = `no heartbeat since ${new Date(lastSeenAt).toISOString()}`;
    await send(`lost/${workerId}/${lastSeenAt}`, { type: 'workerLost', workerId, reason });
    await workers.remove(pool, workerId);
    lost.push(workerId);
    if (worker.running > 0) silences.push(now - lastSeenAt);
  }
  await send(`sweep/${now}`, { type: 'sweep', wellSince: well.sweptSince });
  return { pool, lost, silences };
}

function isKnown(
  inPool: ReadonlyMap<string, Pick<Worker, 'registration'>>,
  { workerId, registration }: RegisteredWorker,
): boolean {
  const known = inPool.get(workerId);
  return known !== undefined && known.registration === registration;
}
