import type { PredictionView, WorkerStatusView } from '../../contract/predictions';
import type { Flaking } from '../../core/health/flaking';
import { workerHealth } from '../../core/health/worker';
import { present } from '../../core/model/present';
import type { ReadOnly } from '../../core/model/read-only';
import type { ListedDependency, RegisteredWorker } from '../../core/ports/registries';
import { type Cordons, TRIALS } from '../../core/scheduler/cordon';
import type { PoolState } from '../../core/scheduler/state';
import { timeIfAny, timeOf } from './time';

interface Now {
  readonly registered: readonly RegisteredWorker[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The workers that a pool counts on, by name. */
export function workersBody(pool: string, state: ReadOnly<PoolState>, now: Now) {
  const registered = new Map(now.registered.map((worker) => [worker.workerId, worker]));
  const workers = [...state.workers.keys()]
    .sort()
    .map((workerId) =>
      workerBody({ pool, state }, workerId, { registered: registered.get(workerId), at: now.at }),
    );
  return { workers };
}

function workerBody(
  { pool, state }: { readonly pool: string; readonly state: ReadOnly<PoolState> },
  workerId: string,
  { registered, at }: { readonly registered: RegisteredWorker | undefined; readonly at: number },
): WorkerStatusView {
  const { status, labels, slots, free } = state.workers.get(workerId)!;
  const { cordons, health } = state;
  const suspected = health.suspected.get(workerId);
  const kept = keptOff(cordons, workerId);
  const { score, attempts, heartbeats } = workerHealth(health, workerId, { registered, at });
  const { own, peers, failed, slow } = attempts;
  const beats = heartbeats && {
    suspicion: heartbeats.suspicion,
    lateness_ms: Math.round(heartbeats.latenessMs),
  };
  return {
    ...{ worker_id: workerId, pool, status: status === 'active' ? kept.status : status },
    ...present({ cordon: kept.cordon, probation: kept.probation }),
    ...(suspected && { suspected: { since: timeOf(suspected.since), reason: suspected.reason } }),
    health: {
      ...present({ score }),
      attempts: { own, peers, failed, slow },
      ...present({ heartbeats: beats }),
    },
    ...{ labels: labels === '*' ? ['*'] : [...labels], slots, free_slots: free },
    ...present({ last_seen_at: timeIfAny(registered?.lastSeenAt) }),
  };
}

function keptOff(
  { cordoned, probation }: ReadOnly<Cordons>,
  workerId: string,
): Pick<WorkerStatusView, 'cordon' | 'probation'> & { readonly status: 'active' | 'cordoned' | 'probation' } {
  const cordon = cordoned.get(workerId);
  if (cordon) {
    const { reason, cause, until } = cordon;
    return { status: 'cordoned', cordon: { reason, ...present({ cause, until: timeIfAny(until) }) } };
  }
  const passed = probation.get(workerId);
  return passed === undefined
    ? { status: 'active' }
    : { status: 'probation', probation: { passed, of: TRIALS } };
}

/** Warnings that stand: of workers, of dependencies, and of what flakes. */
export function predictionsBody(
  pools: readonly { readonly pool: string; readonly state: ReadOnly<PoolState> }[],
  dependencies: readonly ListedDependency[],
  flaking: readonly Flaking[],
): { readonly predictions: PredictionView[] } {
  const workers = pools.flatMap(({ pool, state }) =>
    [...state.health.suspected].map(([id, { since, reason }]): PredictionView => {
      return { of: 'worker', id, name: id, pool, since: timeOf(since), why: reason };
    }),
  );
  const degrading = dependencies.flatMap(({ name, degradingSince }): PredictionView[] => {
    if (degradingSince === undefined) return [];
    const why = 'more calls fail or are slow than used to';
    return [{ of: 'dependency', id: name, name, since: timeOf(degradingSince), why }];
  });
  return { predictions: [...workers, ...degrading, ...flaking] };
}
