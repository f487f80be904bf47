import type { Recorded } from '../../core/journal/envelope';
import type { QueuedJob, Worker, WorkItem } from '../../core/messages/pool';
import { attemptKey } from '../../core/model/attempt';
import { PRIORITIES } from '../../core/model/priority';
import { isRisky } from '../../core/scheduler/cordon';
import type { PoolEvent } from '../../core/scheduler/events';
import { AGEING_MS } from '../../core/scheduler/order';
import { RESTART } from '../world/fleet';
import { type Given, type Invariant, onEvents } from './invariant';

/** What its events alone say of a pool. */
interface SeenPool {
  readonly workers: Map<string, Worker & { isDraining: boolean }>;
  readonly cordoned: Set<string>;
  readonly onProbation: Set<string>;
  readonly queued: Map<string, WorkItem>;
  readonly leases: Map<
    string,
    {
      readonly work: WorkItem;
      readonly workerId: string;
      readonly registration: string | undefined;
      readonly fence: number;
    }
  >;
  /** What the leases of a worker take, by `<workerId> <resource>`, slots among them. */
  readonly taken: Map<string, number>;
  readonly concurrent: Map<string, number>;
  readonly held: Set<string>;
  readonly waiting: Map<string, QueuedJob>;
  readonly running: Map<string, QueuedJob>;
  readonly dependencies: Map<string, { status: string; probes: number; fence: number }>;
  fence: number;
  isPaused: boolean;
  maxRunning: number;
}

const newPool = (): SeenPool => ({
  workers: new Map(),
  cordoned: new Set(),
  onProbation: new Set(),
  queued: new Map(),
  leases: new Map(),
  taken: new Map(),
  concurrent: new Map(),
  held: new Set(),
  waiting: new Map(),
  running: new Map(),
  dependencies: new Map(),
  fence: 0,
  isPaused: false,
  maxRunning: 500,
});

/** Tells of every event of a pool with what was seen before it. */
function seenPool(hear: (event: Recorded<PoolEvent>, pool: SeenPool) => void) {
  const pools = new Map<string, SeenPool>();
  return onEvents<PoolEvent>('pool', (event, id) => {
    const pool = pools.get(id) ?? newPool();
    pools.set(id, pool);
    hear(event, pool);
    see(pool, event);
  });
}

function see(pool: SeenPool, event: Recorded<PoolEvent>): void {
  switch (event.type) {
    case 'worker.registered':
      pool.workers.set(event.data.workerId, { ...event.data, isDraining: false });
      break;
    case 'worker.draining': {
      const worker = pool.workers.get(event.data.workerId);
      if (worker) worker.isDraining = true;
      break;
    }
    case 'worker.lost':
      pool.workers.delete(event.data.workerId);
      break;
    case 'worker.cordoned':
    case 'worker.probation':
    case 'worker.uncordoned':
      seeCordon(pool, event);
      break;
    case 'work.queued':
      pool.queued.set(attemptKey(event.data), event.data);
      break;
    case 'work.dropped':
      pool.queued.delete(attemptKey(event.data));
      break;
    case 'lease.granted':
      grant(pool, event.data);
      break;
    case 'lease.released':
    case 'lease.revoked':
      giveBack(pool, attemptKey(event.data));
      break;
    default:
      seeQueue(pool, event);
  }
}

type CordonSeen = { readonly type: string; readonly data: { readonly workerId: string } };

function seeCordon({ cordoned, onProbation }: SeenPool, { type, data: { workerId } }: CordonSeen): void {
  cordoned.delete(workerId);
  onProbation.delete(workerId);
  if (type === 'worker.cordoned') cordoned.add(workerId);
  if (type === 'worker.probation') onProbation.add(workerId);
}

function seeQueue(pool: SeenPool, event: Recorded<PoolEvent>): void {
  switch (event.type) {
    case 'queue.joined':
      // What goes on before its end was heard of keeps its place.
      (pool.running.has(event.data.jobId) ? pool.running : pool.waiting).set(event.data.jobId, event.data);
      break;
    case 'queue.admitted': {
      const job = pool.waiting.get(event.data.jobId);
      pool.waiting.delete(event.data.jobId);
      if (job) pool.running.set(event.data.jobId, job);
      break;
    }
    case 'queue.left':
      pool.waiting.delete(event.data.jobId);
      pool.running.delete(event.data.jobId);
      pool.held.delete(event.data.jobId);
      break;
    case 'queue.reprioritised': {
      const { jobId, priority } = event.data;
      for (const jobs of [pool.waiting, pool.running]) {
        const job = jobs.get(jobId);
        if (job) jobs.set(jobId, { ...job, priority });
      }
      for (const [key, work] of pool.queued)
        if (work.jobId === jobId) pool.queued.set(key, { ...work, priority });
      break;
    }
    case 'queue.changed':
      pool.isPaused = event.data.status === 'paused';
      break;
    case 'queue.limited':
      pool.maxRunning = event.data.maxRunningJobs;
      break;
    case 'queue.held':
      pool.held.add(event.data.jobId);
      break;
    case 'queue.unheld':
      pool.held.delete(event.data.jobId);
      break;
    case 'queue.dependencyWatched':
      if (!pool.dependencies.has(event.data.dependency))
        pool.dependencies.set(event.data.dependency, { status: 'unknown', probes: 0, fence: pool.fence });
      break;
    case 'queue.dependencyChanged': {
      const { dependency, status, probes = 0 } = event.data;
      pool.dependencies.set(dependency, { status, probes, fence: pool.fence });
      break;
    }
    default:
  }
}

function grant(pool: SeenPool, data: Extract<PoolEvent, { type: 'lease.granted' }>['data']): void {
  const key = attemptKey(data);
  const work = pool.queued.get(key);
  pool.queued.delete(key);
  pool.fence = data.fence;
  if (!work) return;
  const { workerId, fence } = data;
  pool.leases.set(key, { work, workerId, registration: pool.workers.get(workerId)?.registration, fence });
  count(pool, work, workerId, 1);
}

function giveBack(pool: SeenPool, key: string): void {
  const lease = pool.leases.get(key);
  if (!lease) return;
  pool.leases.delete(key);
  count(pool, lease.work, lease.workerId, -1);
}

function count({ taken, concurrent }: SeenPool, work: WorkItem, workerId: string, sign: 1 | -1): void {
  for (const [name, amount] of Object.entries({ slots: work.slots, ...work.resources })) {
    const key = `${workerId} ${name}`;
    taken.set(key, (taken.get(key) ?? 0) + sign * amount);
  }
  const { key } = work.concurrency ?? {};
  if (key !== undefined) concurrent.set(key, (concurrent.get(key) ?? 0) + sign);
}

type Granted = Extract<Recorded<PoolEvent>, { type: 'lease.granted' }>;

/** Hears of leases as they are granted, with the work that each is for. */
const onGrant =
  (hear: (given: Given, of: { event: Granted; pool: SeenPool; work: WorkItem }) => void) => (given: Given) =>
    seenPool((event, pool) => {
      if (event.type !== 'lease.granted') return;
      const work = pool.queued.get(attemptKey(event.data));
      if (work) hear(given, { event, pool, work });
    });

export const leasesOfQueuedWork: Invariant = {
  name: 'leasesOfQueuedWork',
  says: 'A lease is of work that is queued once, has a fence above all before it, and ends at the latest when its worker is lost.',
  watch: (given) =>
    seenPool((event, pool) => {
      const key = 'attempt' in event.data ? attemptKey(event.data) : '';
      if (event.type === 'work.queued' && (pool.queued.has(key) || pool.leases.has(key)))
        given.broken(`${key} is queued twice`);
      if (event.type === 'lease.released' && !pool.leases.has(key))
        given.broken(`${key} is released without a lease`);
      if (event.type === 'worker.lost') {
        const left = [...pool.leases.values()].filter(({ workerId }) => workerId === event.data.workerId);
        if (left.length > 0)
          given.broken(`${event.data.workerId} is lost, and ${left.length} leases stay with it`);
      }
      if (event.type !== 'lease.granted') return;
      if (!pool.queued.has(key)) given.broken(`${key} is leased and was not queued`);
      if (event.data.fence <= pool.fence)
        given.broken(`${key} has fence ${event.data.fence} after ${pool.fence}`);
    }),
};

export const adoptedStays: Invariant = {
  name: 'adoptedStays',
  says: 'When the process of a worker begins anew, what goes on there keeps its lease.',
  watch(given) {
    const runs = new Map<string, { readonly workerId: string; readonly registration: string }>();
    const pool = seenPool((event, { leases }) => {
      if (event.type !== 'lease.revoked' || !event.causeId.includes(RESTART)) return;
      const key = attemptKey(event.data);
      const run = runs.get(key);
      if (run !== undefined && run.registration === leases.get(key)?.registration)
        given.broken(`${key} is taken from ${run.workerId}, where it goes on`);
    });
    return {
      ...pool,
      began: (ref, workerId, registration) => void runs.set(attemptKey(ref), { workerId, registration }),
      ended: (ref) => void runs.delete(attemptKey(ref)),
      died(workerId) {
        for (const [key, run] of runs) if (run.workerId === workerId) runs.delete(key);
      },
    };
  },
};

export const roomKept: Invariant = {
  name: 'roomKept',
  says: 'No worker ever has more than its slots and its named resources.',
  watch: onGrant((given, { event, pool, work }) => {
    const { workerId } = event.data;
    const worker = pool.workers.get(workerId);
    if (!worker) return given.broken(`${attemptKey(work)} goes to ${workerId}, which the pool does not have`);
    for (const [name, amount] of Object.entries({ slots: work.slots, ...work.resources })) {
      const most = name === 'slots' ? worker.slots : (worker.resources?.[name] ?? 0);
      const taken = (pool.taken.get(`${workerId} ${name}`) ?? 0) + amount;
      if (taken > most) given.broken(`${workerId} has ${taken} of ${most} ${name}`);
    }
  }),
};

export const concurrencyKept: Invariant = {
  name: 'concurrencyKept',
  says: 'No more attempts with a concurrency key run at once than its limit.',
  watch: onGrant((given, { pool, work }) => {
    const { key, limit = 0 } = work.concurrency ?? {};
    if (key !== undefined && (pool.concurrent.get(key) ?? 0) >= limit)
      given.broken(`${key} runs ${(pool.concurrent.get(key) ?? 0) + 1} times, and its limit is ${limit}`);
  }),
};

export const onlyWhoMayWork: Invariant = {
  name: 'onlyWhoMayWork',
  says: 'A worker that is cordoned or drained, or lacks a label, is given nothing; of a paused job nothing is given out.',
  watch: onGrant((given, { event, pool, work }) => {
    const { workerId } = event.data;
    const worker = pool.workers.get(workerId);
    const of = `${attemptKey(work)} goes to ${workerId}`;
    if (pool.cordoned.has(workerId)) given.broken(`${of}, which is cordoned`);
    if (worker?.isDraining) given.broken(`${of}, which is draining`);
    if (pool.held.has(work.jobId)) given.broken(`${of} though its job is held`);
    const { labels = [] } = worker ?? {};
    if (labels !== '*' && !work.labels.every((label) => labels.includes(label)))
      given.broken(`${of}, which lacks a label of ${work.labels.join(', ')}`);
  }),
};

export const dependenciesRespected: Invariant = {
  name: 'dependenciesRespected',
  says: 'Work waits while a dependency of it is open or unknown, and probes one that is half open within its budget.',
  watch: onGrant((given, { pool, work }) => {
    for (const name of work.dependencies ?? []) {
      const known = pool.dependencies.get(name);
      if (!known || known.status === 'closed') continue;
      const of = `${attemptKey(work)} is given out though ${name} is ${known.status}`;
      if (known.status !== 'halfOpen') return given.broken(of);
      const out = [...pool.leases.values()].filter(
        (lease) => lease.fence > known.fence && lease.work.dependencies?.includes(name),
      );
      if (out.length >= known.probes) given.broken(`${of}, with ${out.length} probes of ${known.probes} out`);
    }
  }),
};

const classAt = (
  at: number,
  { priority, readyAt }: { readonly priority: string; readonly readyAt: number },
) => Math.max(0, PRIORITIES.indexOf(priority as never) - Math.max(0, Math.floor((at - readyAt) / AGEING_MS)));

export const fairAdmission: Invariant = {
  name: 'fairAdmission',
  says: 'The most urgent job is admitted first, waiting counted in, of the owner with the fewest running ones, within the limit.',
  watch: (given) =>
    seenPool((event, pool) => {
      if (event.type !== 'queue.admitted') return;
      const job = pool.waiting.get(event.data.jobId);
      if (!job) return given.broken(`${event.data.jobId} is admitted and does not wait`);
      if (pool.isPaused) given.broken(`${job.jobId} is admitted while the queue is paused`);
      if (pool.running.size >= pool.maxRunning)
        given.broken(`${job.jobId} is admitted beside ${pool.running.size} of ${pool.maxRunning}`);
      const runs = ({ owner, priority }: QueuedJob) =>
        [...pool.running.values()].filter((each) => each.owner === owner && each.priority === priority)
          .length;
      const urgency = (each: QueuedJob) => classAt(event.at, { ...each, readyAt: each.queuedAt });
      for (const other of pool.waiting.values()) {
        const ahead = urgency(other) - urgency(job) || runs(other) - runs(job);
        if (ahead < 0) return given.broken(`${job.jobId} is admitted before ${other.jobId}`);
      }
    }),
};

export const fairLeases: Invariant = {
  name: 'fairLeases',
  says: 'Of work that asks for the same, the most urgent is given out first, and within a class that of whoever holds least.',
  watch: onGrant((given, { event, pool, work }) => {
    const mine = classAt(event.at, work);
    const heldBy = (owner: string) => {
      let slots = 0;
      for (const lease of pool.leases.values())
        if (lease.work.owner === owner && lease.work.priority === work.priority) slots += lease.work.slots;
      return slots;
    };
    const own = heldBy(work.owner);
    for (const other of pool.queued.values()) {
      // What this worker has lost before, or what waits for another one, does not ask for the same for a while.
      const { workerId } = event.data;
      // Nor does what is risky ask for a worker on trial, for a while.
      const isSpared = pool.onProbation.has(workerId) && isRisky(other);
      const isElsewhere = other.on !== undefined || other.avoid?.includes(workerId) || isSpared;
      if (isHeldBack(pool, other) || isElsewhere || !asksTheSame(work, other)) continue;
      const theirs = classAt(event.at, other);
      if (theirs < mine) return given.broken(`${attemptKey(work)} goes before ${attemptKey(other)}`);
      if (theirs > mine || other.priority !== work.priority || other.owner === work.owner) continue;
      const held = heldBy(other.owner);
      if (held < own)
        return given.broken(
          `${attemptKey(work)} of ${work.owner}, who holds ${own}, goes before ${attemptKey(other)} of ${other.owner}, who holds ${held}`,
        );
    }
  }),
};

/** Its job is paused, or goes on after its end and is not admitted for that yet. */
function isHeldBack({ held, running }: SeenPool, { jobId, since = 0 }: WorkItem): boolean {
  return held.has(jobId) || (running.get(jobId)?.version ?? 0) < since;
}

/** Nothing but their order tells them apart. */
function asksTheSame(a: WorkItem, b: WorkItem): boolean {
  const shape = ({ labels, slots, resources, concurrency, avoid, dependencies }: WorkItem) =>
    JSON.stringify([labels, slots, resources, concurrency, avoid, dependencies]);
  return shape(a) === shape(b);
}
