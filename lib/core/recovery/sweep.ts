import { poolAt } from '../messages/address';
import type { Origin } from '../messages/envelope';
import type { PoolMessage, Worker } from '../messages/pool';
import type { Log } from '../ports/log';
import type { RegisteredWorker, Sweeps, WorkerRegistry } from '../ports/registries';
import type { StreamAsker, StreamSender } from '../ports/streams';
import { bareWorker, isDoubted, isLost, isReachable, type Wellness, wellness } from './silence';

export interface SweepDeps {
  readonly workers: Pick<WorkerRegistry, 'list' | 'markLost' | 'remove'>;
  readonly sweeps: Sweeps;
  /** Pools hear at once who is lost, and of all else behind what is on its way to them. */
  readonly streams: StreamSender & StreamAsker;
  /**
   * Whether a worker answers when it is called, by another way than its heartbeats take.
   * @throws where that cannot be found out, as it is a service of ours that fails.
   */
  readonly answers: (pool: string, worker: RegisteredWorker) => Promise<boolean>;
  readonly log: Pick<Log, 'warn'>;
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
 * is not heard of as nobody is, is asked first. One that
 * speaks while the pool does not know it (it registered anew just before it was reported), or knows an earlier registration
 * of it (what a sweep before this one had seen came later), is registered once more.
 */
async function sweepPool(
  deps: SweepDeps,
  { pool, workers: listed }: { readonly pool: string; readonly workers: readonly RegisteredWorker[] },
  { well, now }: { readonly well: Wellness; readonly now: number },
): Promise<Swept> {
  const { workers, streams, known } = deps;
  const send = (id: string, message: PoolMessage) =>
    streams.send({ to: poolAt(pool), message }, originOf(id));
  const lost: string[] = [];
  const silences: number[] = [];
  const [inPool, gone] = await Promise.all([known?.(pool), goneOf(deps, { pool, listed }, { well, now })]);
  for (const worker of listed) {
    const { workerId, lastSeenAt } = worker;
    if (!gone.has(workerId)) {
      // A worker that is being drained has no need to be known: it takes nothing new.
      if (inPool && !isKnown(inPool, worker) && !worker.draining && isReachable(worker))
        await send(`known/${workerId}/${now}`, { type: 'workerRegistered', worker: bareWorker(worker) });
      continue;
    }
    if (!(await workers.markLost(pool, workerId, { lastSeenAt, at: now }))) continue;
    const reason = `no heartbeat since ${new Date(lastSeenAt).toISOString()}`;
    await report(deps, pool, { workerId, reason, id: `lost/${workerId}/${lastSeenAt}` });
    await workers.remove(pool, workerId);
    lost.push(workerId);
    if (worker.running > 0) silences.push(now - lastSeenAt);
  }
  await send(`sweep/${now}`, { type: 'sweep', wellSince: well.sweptSince });
  return { pool, lost, silences };
}

const originOf = (id: string): Origin => ({ id, actor: { kind: 'engine', id: 'sweeper' } });

/** Workers that are not expected any more. */
async function goneOf(
  { answers, log }: SweepDeps,
  { pool, listed }: { readonly pool: string; readonly listed: readonly RegisteredWorker[] },
  { well, now }: { readonly well: Wellness; readonly now: number },
): Promise<ReadonlySet<string>> {
  const isGone = async (worker: RegisteredWorker) => {
    if (isLost(worker, well, now)) return true;
    if (!isDoubted(worker, well, now)) return false;
    try {
      return !(await answers(pool, worker));
    } catch (error) {
      const { workerId } = worker;
      log.warn('a worker that is not heard of could not be asked', { workerId, error: error as Error });
      return false;
    }
  };
  const verdicts = await Promise.all(listed.map(isGone));
  return new Set(listed.flatMap(({ workerId }, i) => (verdicts[i] ? [workerId] : [])));
}

/**
 * A pool decides a loss at once, whatever holds up its queue: work waits for it. It hears of it over the queue as well,
 * behind a registration of the worker that may be on its way; whichever comes second changes nothing.
 */
async function report(
  { streams, log }: SweepDeps,
  pool: string,
  { workerId, reason, id }: { readonly workerId: string; readonly reason: string; readonly id: string },
): Promise<void> {
  const delivery = { to: poolAt(pool), message: { type: 'workerLost' as const, workerId, reason } };
  const atOnce = streams.ask(delivery, originOf(`${id}/at-once`)).catch((error: unknown) => {
    log.warn('a loss was not decided at once', { workerId, error: error as Error });
  });
  await Promise.all([atOnce, streams.send(delivery, originOf(id))]);
}

function isKnown(
  inPool: ReadonlyMap<string, Pick<Worker, 'registration'>>,
  { workerId, registration }: RegisteredWorker,
): boolean {
  const known = inPool.get(workerId);
  return known !== undefined && known.registration === registration;
}
