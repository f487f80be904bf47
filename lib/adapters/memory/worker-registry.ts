import { present } from '../../core/model/present';
import type { Heartbeat, RegisteredWorker, Sweeps, WorkerRegistry } from '../../core/ports/registries';
import { BEATS_KEPT } from '../../core/recovery/detector';
import { STEADY_SWEEPS_MS } from '../../core/recovery/silence';

/** Workers as they last spoke, in memory: for simulation. */
export function createMemoryWorkerRegistry(): WorkerRegistry {
  const pools = new Map<string, Map<string, RegisteredWorker>>();
  const poolOf = (poolId: string) => {
    const known = pools.get(poolId) ?? new Map<string, RegisteredWorker>();
    pools.set(poolId, known);
    return known;
  };
  return {
    async register(poolId, worker, { subject, at, due }) {
      const known = poolOf(poolId).get(worker.workerId);
      if (known && known.registeredBy !== subject) return undefined;
      const beats = Array.from({ length: BEATS_KEPT }, () => ({ at, due }));
      const fresh = { lastSeenAt: at, dueAt: due, beats, running: 0, registeredBy: subject };
      poolOf(poolId).set(worker.workerId, { ...worker, ...fresh });
      return present({ replaced: known?.registration });
    },
    async heartbeat(poolId, workerId, beat) {
      const known = poolOf(poolId).get(workerId);
      if (!known || !speaksFor(known, beat)) return undefined;
      poolOf(poolId).set(workerId, heardOf(known, beat));
      return known;
    },
    find: async (poolId, workerId) => poolOf(poolId).get(workerId),
    async disconnect(poolId, workerId, { connectionId }) {
      const known = poolOf(poolId).get(workerId);
      if (known?.connectionId !== connectionId) return;
      const { connectionId: _, ...rest } = known;
      poolOf(poolId).set(workerId, rest);
    },
    list: async (poolId) => [...poolOf(poolId).values()],
    async markLost(poolId, workerId, { lastSeenAt, at }) {
      const known = poolOf(poolId).get(workerId);
      if (!known) return false;
      if (known.lostAt !== undefined) return true;
      if (known.lastSeenAt !== lastSeenAt) return false;
      poolOf(poolId).set(workerId, { ...known, lostAt: at });
      return true;
    },
    async remove(poolId, workerId) {
      if (poolOf(poolId).get(workerId)?.lostAt !== undefined) poolOf(poolId).delete(workerId);
    },
  };
}

function speaksFor(known: RegisteredWorker, { subject, registration }: Heartbeat): boolean {
  if (known.lostAt !== undefined || known.registeredBy !== subject) return false;
  return registration === undefined || registration === known.registration;
}

function heardOf(known: RegisteredWorker, beat: Heartbeat): RegisteredWorker {
  const { at, dueAt, running, draining, connectionId } = beat;
  const { draining: _, ...rest } = known;
  const beats = [{ at, due: dueAt }, ...(known.beats ?? [])].slice(0, BEATS_KEPT);
  const said = present({ draining: draining || undefined, connectionId });
  return { ...rest, lastSeenAt: at, dueAt, beats, running, ...said };
}

/** When sweeps ran, in memory. */
export function createMemorySweeps(): Sweeps {
  let [since, latest] = [0, Number.NEGATIVE_INFINITY];
  return {
    async record(at) {
      if (at - latest > STEADY_SWEEPS_MS) since = at;
      latest = at;
      return since;
    },
  };
}
