import type { QueueView } from '../../contract/queues';
import { present } from '../../core/model/present';
import type { ReadOnly } from '../../core/model/read-only';
import type { Cordon } from '../../core/scheduler/cordon';
import { probesOut, waitsFor } from '../../core/scheduler/dependencies';
import type { PoolState, WorkerState } from '../../core/scheduler/state';
import { timeIfAny } from './time';

/** The queue of jobs of a pool as the API shows it. */
export function queueBody(
  pool: string,
  state: ReadOnly<PoolState>,
  {
    maxWaitingJobs,
    sees,
  }: { readonly maxWaitingJobs?: number | undefined; readonly sees: (owner: string) => boolean },
): QueueView {
  const { admission, workers, cordons } = state;
  return {
    pool,
    status: admission.status,
    waiting: admission.waiting.size,
    running: admission.running.size,
    limits: {
      max_running_jobs: admission.maxRunningJobs,
      ...present({ max_waiting_jobs: maxWaitingJobs }),
    },
    workers: [...workers.values()].map((worker) => workerBody(worker, cordons.cordoned.get(worker.workerId))),
    owners: ownersBody(state).filter(({ owner }) => sees(owner)),
    waits_for: waitsBody(state),
  };
}

type OwnerBody = NonNullable<QueueView['owners']>[number];

/** Who has most slots first. */
function ownersBody({ admission, leases, queued }: ReadOnly<PoolState>): OwnerBody[] {
  const owners = new Map<string, OwnerBody>();
  function count(owner: string, what: Exclude<keyof OwnerBody, 'owner'>, amount = 1): void {
    const known = owners.get(owner) ?? {
      ...{ owner, running_jobs: 0, waiting_jobs: 0, slots: 0, waiting_attempts: 0 },
    };
    owners.set(owner, { ...known, [what]: known[what] + amount });
  }
  for (const { owner } of admission.running.values()) count(owner, 'running_jobs');
  for (const { owner } of admission.waiting.values()) count(owner, 'waiting_jobs');
  for (const { work } of leases.values()) count(work.owner, 'slots', work.slots);
  for (const { owner } of queued.values()) count(owner, 'waiting_attempts');
  return [...owners.values()].sort((a, b) => b.slots - a.slots || (a.owner < b.owner ? -1 : 1));
}

/** Work counts for the first of its dependencies that keeps it. */
function waitsBody({ dependencies, queued, leases }: ReadOnly<PoolState>): QueueView['waits_for'] {
  const out = probesOut(dependencies, leases);
  const attempts = new Map<string, number>();
  for (const work of queued.values()) {
    const name = waitsFor(dependencies, work, out);
    if (name !== undefined) attempts.set(name, (attempts.get(name) ?? 0) + 1);
  }
  return [...attempts].map(([dependency, count]) => {
    const { status = 'unknown', until } = dependencies.get(dependency) ?? {};
    const state = status === 'halfOpen' ? 'half_open' : status === 'open' ? 'open' : 'unknown';
    return { dependency, state, ...present({ until: timeIfAny(until) }), attempts: count };
  });
}

function workerBody(worker: ReadOnly<WorkerState>, cordon: Cordon | undefined): QueueView['workers'][number] {
  const { workerId, status, labels, slots, free, resources } = worker;
  return {
    worker_id: workerId,
    status: cordon && status === 'active' ? 'cordoned' : status,
    labels: labels === '*' ? ['*'] : [...labels],
    slots,
    free_slots: free,
    ...present({ resources, cordon: cordon && cordonBody(cordon) }),
  };
}

function cordonBody({ reason, until }: Cordon) {
  return { reason, ...present({ until: timeIfAny(until) }) };
}
