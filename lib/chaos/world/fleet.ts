import { poolAt } from '../../core/messages/address';
import type { Effect } from '../../core/messages/effect';
import { present } from '../../core/model/present';
import type { Dispatcher } from '../../core/ports/effects';
import type { WorkerRegistry } from '../../core/ports/registries';
import type { WorkerSightings } from '../../core/ports/sightings';
import { dueAfter, HEARTBEAT_SECONDS } from '../../core/recovery/pace';
import { isTrusted } from '../../core/recovery/reconcile/leased';
import type { FaultKind } from '../faults';
import type { Scenario } from '../workload/scenario';
import { every } from './ground';
import type { Message } from './queues';
import { createWorker, type SimulatedWorker, type WorkerDeps } from './worker';

export const POOL = 'default';
/** In the id of a message by which a worker says that its process is another one. */
export const RESTART = ' restart ';
const MINUTE = 60_000;
/** How long a machine that died is away, and how long a worker is cut off; milliseconds at most. */
const AWAY_MS = 240_000;
const CUT_OFF_MS = 200_000;
/** A worker that has drained begins anew after so long. */
const DRAINED_MS = 60_000;

export interface Fleet extends Dispatcher {
  readonly drain: (workerId: string) => void;
  /** Every worker lives and can be reached. */
  readonly mend: () => void;
  readonly ids: readonly string[];
  readonly sightings: WorkerSightings;
}

export interface FleetDeps extends WorkerDeps {
  readonly registry: WorkerRegistry;
  readonly workers: Scenario['workers'];
}

/** Workers that register, say that they live, run what they are handed, and sometimes do not. */
export function createFleet(deps: FleetDeps): Fleet {
  const { ground, registry, send } = deps;
  const { time, faults } = ground;
  const fleet = new Map(deps.workers.map((worker) => [worker.workerId, createWorker(deps, worker)] as const));

  async function beat(one: SimulatedWorker): Promise<void> {
    if (!one.isReachable()) return;
    const { workerId } = one.worker;
    const [at, draining, registration] = [time.now(), one.isDraining(), one.registration()];
    const dueAt = dueAfter(at, { nextSeconds: HEARTBEAT_SECONDS });
    const said = { at, dueAt, running: one.running(), draining, subject: workerId, registration };
    if (!(await registry.heartbeat(POOL, workerId, said))) return register(deps, one);
    if (draining)
      send(fromWorker(workerId, `drained ${at}`, { type: 'workerDrained', workerId, registration }));
  }

  function begin(one: SimulatedWorker): void {
    one.begin();
    void register(deps, one);
  }

  /** What befalls a worker in a minute. */
  function fate(one: SimulatedWorker, nth: number): void {
    const { workerId } = one.worker;
    const befalls = (kind: FaultKind, what: (lot: number) => void) => {
      const name = `${workerId} in minute ${nth}`;
      if (!faults.strikes(kind, name)) return;
      const after = MINUTE * faults.lot(`${kind} of ${name}`);
      time.setTimer(() => !faults.isOver() && what(faults.lot(`${kind} for ${name}`)), after);
    };
    befalls('workerDeath', (lot) => {
      if (!one.isAlive()) return;
      one.die();
      time.setTimer(() => !one.isAlive() && begin(one), 2_000 + AWAY_MS * lot);
    });
    befalls('workerRestart', () => one.isAlive() && begin(one));
    befalls('partition', (lot) => {
      one.cutOff(true);
      time.setTimer(() => one.cutOff(false), 5_000 + CUT_OFF_MS * lot);
    });
  }

  for (const one of fleet.values()) {
    void register(deps, one);
    every(ground, HEARTBEAT_SECONDS * 1_000, () => void beat(one));
    every(ground, MINUTE, (nth) => fate(one, nth));
  }

  return {
    ...dispatcher(deps, fleet),
    ids: [...fleet.keys()],
    sightings: sightingsOf(registry, fleet),
    drain(workerId) {
      const one = fleet.get(workerId);
      if (!one?.isAlive()) return;
      one.drain();
      time.setTimer(() => one.isAlive() && one.isDraining() && begin(one), DRAINED_MS);
    },
    mend() {
      for (const one of fleet.values()) {
        one.cutOff(false);
        if (!one.isAlive()) begin(one);
      }
    },
  };
}

async function register({ ground, registry, send }: FleetDeps, one: SimulatedWorker): Promise<void> {
  if (!one.isReachable()) return;
  const { workerId } = one.worker;
  const worker = { ...one.worker, registration: one.registration() };
  const at = ground.time.now();
  const by = { subject: workerId, at, due: dueAfter(at, { nextSeconds: HEARTBEAT_SECONDS }) };
  const running = one.unfinished();
  const registered = await registry.register(POOL, worker, by);
  if (!registered) return;
  const say = (what: string, message: PoolMessage) =>
    send(fromWorker(workerId, `${what} ${worker.registration}`, message));
  const { replaced } = registered;
  if (replaced !== undefined && replaced !== worker.registration)
    say(RESTART.trim(), { type: 'workerRestarted', workerId, registration: replaced, running });
  say('register', { type: 'workerRegistered', worker });
}

function sightingsOf(
  registry: Pick<WorkerRegistry, 'list' | 'find'>,
  fleet: ReadonlyMap<string, SimulatedWorker>,
): WorkerSightings {
  return {
    async trusted(pool, leased) {
      const listed = await registry.list(pool);
      const said = listed.filter((worker) => isTrusted(worker, leased.get(worker.workerId)));
      return new Set(said.map(({ workerId }) => workerId));
    },
    async of({ pool, workerId }, refs) {
      const known = await registry.find(pool, workerId);
      const one = fleet.get(workerId);
      return known && known.lostAt === undefined && one?.isReachable() ? one.sighted(refs) : undefined;
    },
  };
}

/** Calls to workers: each takes its time, so that they arrive in another order than they were made in. */
function dispatcher({ ground, send }: FleetDeps, fleet: ReadonlyMap<string, SimulatedWorker>): Dispatcher {
  const { time, faults, watch, say } = ground;
  const soon = (name: string, action: () => void) =>
    void time.setTimer(action, 1 + 60 * faults.lot(`way of ${name}`));

  function hand(effect: Extract<Effect, { kind: 'dispatch' }>): void {
    const { work, workerId, registration, id } = effect;
    if (faults.strikes('lostDispatch', id)) return;
    watch.handed(work, workerId);
    const taken = fleet.get(workerId)?.take(work, registration) ?? 'unreachable';
    if (taken === 'taken') return;
    say(workerId, () => `does not take ${work.jobId}/${work.nodeId}/${work.attempt}: ${taken}`);
    const { jobId, nodeId, attempt } = work;
    const reason = `${workerId} did not take the attempt: ${taken}`;
    const refusal = { type: 'dispatchFailed' as const, jobId, nodeId, attempt, workerId, reason };
    time.setTimer(() => send(fromEngine(`${id}/refused`, refusal)), taken === 'unreachable' ? 4_000 : 5);
  }

  function cancel(effect: Extract<Effect, { kind: 'cancelExecution' }>, tries: number): void {
    const one = fleet.get(effect.workerId);
    const registration = effect.registration ?? one?.registration();
    if (one?.isReachable() && registration === one.registration()) one.cancel(effect.work, effect.reason);
    else if (tries > 1) time.setTimer(() => cancel(effect, tries - 1), 10_000);
  }

  return {
    dispatch: async (effect) => soon(effect.id, () => hand(effect)),
    async cancel(effect) {
      if (!faults.strikes('lostCall', `cancel ${effect.id}`)) soon(effect.id, () => cancel(effect, 5));
    },
  };
}

type PoolMessage = Extract<Message['delivery'], { to: { kind: 'pool' } }>['message'];

function fromWorker(workerId: string, what: string, message: PoolMessage): Message {
  const origin = { id: `${workerId} ${what}`, actor: { kind: 'worker', id: workerId } } as const;
  return { delivery: { to: poolAt(POOL), message }, origin };
}

function fromEngine(id: string, message: PoolMessage): Message {
  return {
    delivery: { to: poolAt(POOL), message },
    origin: { ...present({ id }), actor: { kind: 'engine', id: 'dispatch' } },
  };
}
