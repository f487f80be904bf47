import { Heap } from 'heap-js';
import { RepriseError } from '../errors';
import type { PoolMessage, WorkItem } from '../messages/pool';
import { present } from '../model/present';
import type { Steps } from '../model/steps';
import { poolDecider } from '../scheduler/decider';
import type { PoolEvent } from '../scheduler/events';
import type { Load, LoadAttempt, LoadJob, LoadNode, LoadWorker, Outage } from './load';
import { dispatchMsOf, waitOf } from './load-measures';

/** What of the rules of the pool is set aside in a replay. */
export interface ReplayPolicy {
  /** Ready work goes in the order of its arrival, not by the longest remaining path. */
  readonly order?: 'rank' | 'arrival';
  /** Owners do not share alike: all jobs are those of one. */
  readonly fair?: boolean;
  /** All jobs are of the same priority. */
  readonly priorities?: boolean;
}

interface ReplayedJob {
  readonly job: LoadJob;
  readonly nodes: readonly ReplayedNode[];
  readonly dependents: readonly (readonly number[])[];
  nodesLeft: number;
  admittedAt: number;
  endedAt: number;
}

interface ReplayedNode {
  readonly node: LoadNode;
  left: number;
  readyAt: number;
  doneAt: number;
  readonly attempts: LoadAttempt[];
}

interface Due {
  readonly at: number;
  readonly nth: number;
  readonly run: () => void;
}

/**
 * The load as it would have gone with its workers, its limits and its outages: jobs come when they came, attempts take as
 * long as they took, and who gets what and when is decided by the pool's own decider, in virtual time. What lay between
 * two steps of a job (a retry's delay, the engine's own time) lies there again.
 * O(attempts * (lanes + workers)).
 * @throws RepriseError NODE_UNSCHEDULABLE where an attempt never gets a worker.
 */
export function* replay(load: Load, policy: ReplayPolicy = {}): Steps<Load> {
  return { ...load, jobs: yield* new World(load, policy).run() };
}

/** A pool and the jobs that come to it, in virtual time. */
class World {
  readonly #load: Load;
  readonly #policy: ReplayPolicy;
  readonly #due = new Heap<Due>((a, b) => a.at - b.at || a.nth - b.nth);
  readonly #pool = poolDecider.initial();
  readonly #dispatchMs: number;
  readonly #jobs: ReadonlyMap<string, ReplayedJob>;
  readonly #outages: ReturnType<typeof outagesOf>;
  #now = 0;
  #nth = 0;

  constructor(load: Load, policy: ReplayPolicy) {
    this.#load = load;
    this.#policy = policy;
    this.#dispatchMs = dispatchMsOf(load);
    this.#jobs = new Map(load.jobs.map((job) => [job.jobId, replayedJob(job)]));
    this.#outages = outagesOf(load.outages);
  }

  *run(): Steps<LoadJob[]> {
    this.#schedule();
    for (let next = this.#due.pop(); next; next = this.#due.pop()) {
      this.#now = next.at;
      next.run();
      yield;
      // All that happens at one instant is known before work is handed out.
      if (this.#due.peek()?.at === this.#now) continue;
      while (this.#tell({ type: 'assign' })) yield;
    }
    const [stuck] = this.#pool.queued.values();
    if (stuck) throw unschedulable(this.#jobOf(stuck.jobId).job, Number(stuck.nodeId));
    return [...this.#jobs.values()].map(resultOf);
  }

  #at(time: number, run: () => void): void {
    this.#due.push({ at: Math.max(this.#now, time), nth: this.#nth++, run });
  }

  #jobOf(jobId: string): ReplayedJob {
    return this.#jobs.get(jobId) as ReplayedJob;
  }

  #schedule(): void {
    const { maxRunningJobs, workers, outages } = this.#load;
    this.#at(0, () => this.#tell({ type: 'queueLimited', maxRunningJobs }));
    for (const { from = 0, until, ...worker } of workers) {
      const { workerId } = worker;
      this.#at(from, () => this.#tell({ type: 'workerRegistered', worker: workerOf(worker) }));
      if (until !== undefined) this.#at(until, () => this.#tell({ type: 'workerDrained', workerId }));
    }
    for (const { dependency, from, until } of outages) {
      for (const time of [from, until]) this.#at(time, () => this.#answer(dependency));
    }
    for (const { job } of this.#jobs.values()) {
      this.#at(job.submittedAt, () => {
        this.#tell({ type: 'jobQueued', ...policed(job, this.#policy), queuedAt: this.#now });
      });
    }
  }

  #tell(told: PoolMessage | { readonly type: 'assign' }): boolean {
    const events = poolDecider.decide(this.#pool, { ...told, at: this.#now });
    for (const event of events) {
      poolDecider.evolve(this.#pool, event, this.#now);
      this.#react(event);
    }
    return events.length > 0;
  }

  #react({ type, data }: PoolEvent): void {
    if (type === 'queue.admitted') this.#begin(this.#jobOf(data.jobId));
    if (type === 'queue.dependencyWatched') this.#at(this.#now, () => this.#answer(data.dependency));
    if (type === 'lease.granted') {
      const { jobId, nodeId, attempt, workerId } = data;
      this.#start(this.#jobOf(jobId), { i: Number(nodeId), k: attempt - 1, workerId });
    }
  }

  #answer(dependency: string): void {
    this.#tell(this.#outages.status(dependency, this.#now));
  }

  #begin(job: ReplayedJob): void {
    job.admittedAt = this.#now;
    job.nodes.forEach(({ left }, i) => {
      if (left === 0) this.#readyAfter(job, i, job.job.admittedAt);
    });
    if (job.nodes.length === 0) this.#end(job);
  }

  /** @param recorded when what it waited for was over, in the record. */
  #readyAfter(job: ReplayedJob, i: number, recorded: number): void {
    const { node } = job.nodes[i]!;
    const lagMs = Math.max(0, (node.attempts[0]?.readyAt ?? node.doneAt) - recorded);
    this.#at(this.#now + lagMs, () =>
      node.attempts.length === 0 ? this.#done(job, i) : this.#offer(job, i, 0),
    );
  }

  #offer(job: ReplayedJob, i: number, k: number): void {
    job.nodes[i]!.readyAt = this.#now;
    this.#tell({
      type: 'workOffered',
      work: workOf(job.job, { i, k, now: this.#now, policy: this.#policy }),
    });
  }

  #start(job: ReplayedJob, { i, k, workerId }: { i: number; k: number; workerId: string }): void {
    const { node, readyAt, attempts } = job.nodes[i]!;
    const recorded = node.attempts[k]!;
    const startedAt = this.#now + Math.min(this.#dispatchMs, waitOf(recorded));
    const endedAt = startedAt + recorded.endedAt - recorded.startedAt;
    attempts.push({ readyAt, startedAt, endedAt, workerId });
    this.#at(endedAt, () => {
      this.#tell({ type: 'workReleased', jobId: job.job.jobId, nodeId: String(i), attempt: k + 1 });
      const next = node.attempts[k + 1];
      if (next === undefined) this.#done(job, i);
      else this.#at(endedAt + Math.max(0, next.readyAt - recorded.endedAt), () => this.#offer(job, i, k + 1));
    });
  }

  #done(job: ReplayedJob, i: number): void {
    job.nodes[i]!.doneAt = this.#now;
    for (const next of job.dependents[i]!) {
      const dependent = job.nodes[next]!;
      dependent.left -= 1;
      if (dependent.left > 0) continue;
      this.#readyAfter(job, next, latest(dependent.node.after.map((need) => job.job.nodes[need]!.doneAt)));
    }
    job.nodesLeft -= 1;
    if (job.nodesLeft === 0) this.#end(job);
  }

  #end(job: ReplayedJob): void {
    const recorded = latest([job.job.admittedAt, ...job.job.nodes.map(({ doneAt }) => doneAt)]);
    this.#at(this.#now + Math.max(0, job.job.endedAt - recorded), () => {
      job.endedAt = this.#now;
      this.#tell({ type: 'jobOver', jobId: job.job.jobId });
    });
  }
}

const latest = (times: readonly number[]): number => times.reduce((a, b) => Math.max(a, b), 0);

function replayedJob(job: LoadJob): ReplayedJob {
  const dependents: number[][] = job.nodes.map(() => []);
  job.nodes.forEach(({ after }, i) => {
    for (const need of after) dependents[need]!.push(i);
  });
  const nodes = job.nodes.map(
    (node): ReplayedNode => ({ node, left: node.after.length, readyAt: 0, doneAt: 0, attempts: [] }),
  );
  const times = { admittedAt: 0, endedAt: 0 };
  return { job, nodes, dependents, nodesLeft: nodes.length, ...times };
}

function resultOf({ job, nodes, admittedAt, endedAt }: ReplayedJob): LoadJob {
  const replayed = nodes.map(({ node, attempts, doneAt }) => ({ ...node, attempts, doneAt }));
  return { ...job, admittedAt, endedAt, nodes: replayed };
}

function policed({ jobId, owner, priority }: LoadJob, { fair = true, priorities = true }: ReplayPolicy) {
  return { jobId, owner: fair ? owner : '', priority: priorities ? priority : ('normal' as const) };
}

/** Nodes go by their place: names of items and twins need not be ids. */
function workOf(
  job: LoadJob,
  { i, k, now, policy }: { i: number; k: number; now: number; policy: ReplayPolicy },
): WorkItem {
  const { demand, rank } = job.nodes[i]!;
  const { labels, slots, resources, concurrency, dependencies } = demand;
  return {
    ...{
      ...policed(job, policy),
      nodeId: String(i),
      attempt: k + 1,
      graphHash: '',
      labels: [...labels],
      slots,
    },
    ...{ rank: policy.order === 'arrival' ? 0 : rank, readyAt: now, timeoutMs: 1, traceId: '' },
    ...present({ resources, concurrency, dependencies: dependencies && [...dependencies] }),
  };
}

function workerOf({ workerId, labels, slots, resources }: LoadWorker) {
  return { workerId, labels, slots, ...present({ resources }) };
}

/** Whether a dependency is open at a time, as the pool is told. */
function outagesOf(outages: readonly Outage[]) {
  let version = 0;
  return {
    status(dependency: string, at: number) {
      const isOpen = outages.some(
        (each) => each.dependency === dependency && each.from <= at && at < each.until,
      );
      version += 1;
      const status = isOpen ? ('open' as const) : ('closed' as const);
      return { type: 'dependencyChanged' as const, dependency, version, status };
    },
  };
}

function unschedulable(job: LoadJob, i: number): RepriseError {
  const { nodeId, demand } = job.nodes[i]!;
  const asked = [`${demand.slots} slots`, ...demand.labels, ...Object.keys(demand.resources ?? {})].join(
    ', ',
  );
  const message = `node ${nodeId} of ${job.graph} asks for ${asked}: no worker of this fleet has that. Add one that does`;
  return new RepriseError('NODE_UNSCHEDULABLE', message, { context: { nodeId, jobId: job.jobId } });
}
