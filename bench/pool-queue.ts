import { ceilingOf } from '../lib/core/capacity/ceilings';
import { LANES } from '../lib/core/messages/lane';
import type { PoolMessage, WorkItem } from '../lib/core/messages/pool';
import type { AttemptRef } from '../lib/core/model/attempt';
import { seededRandom } from '../test/support/graphs';
import { createPoolQueue, type PoolQueue, type QueueOptions, TAKES } from '../test/support/pool-queue';
import { percentile } from './measure';

export interface PoolLoad {
  readonly jobs: number;
  /** Nodes of each job, one behind the other. */
  readonly nodes: number;
  readonly owners: number;
  readonly workers: number;
  readonly slots: number;
  /** Mean time that a node runs, milliseconds. */
  readonly meanMs: number;
}

export interface PoolRun {
  /** Nodes a second, while all owners have work. */
  readonly rate: number;
  /** Milliseconds of virtual time from ready to leased, ascending. */
  readonly waits: readonly number[];
  /** When half of all nodes had been leased: what the owner with the fewest had, of what the one with the most had. */
  readonly fairness: number;
  readonly counts: PoolQueue['counts'];
  readonly seconds: number;
}

/** What a job takes from an end to its next message, its own queue and decision, milliseconds. */
const JOB_TURN_MS = 200;

/** Jobs of one node after another on one pool behind its queue, in virtual time: each end is a message of its job. */
export async function runPool(load: PoolLoad, options: QueueOptions): Promise<PoolRun> {
  const random = seededRandom(7);
  const leasedAt: number[] = [];
  const waits: number[] = [];
  const leased = new Map<string, number>();
  const total = load.jobs * load.nodes;
  let half: number[] = [];
  const queue = createPoolQueue(options, (effects) => {
    for (const effect of effects) {
      if (effect.kind !== 'dispatch') continue;
      const { work } = effect;
      leasedAt.push(queue.time.now());
      waits.push(queue.time.now() - work.readyAt);
      leased.set(work.owner, (leased.get(work.owner) ?? 0) + 1);
      if (leasedAt.length === Math.floor(total / 2)) half = [...leased.values()];
      const ms = Math.round(-Math.log(1 - random()) * load.meanMs);
      queue.time.setTimer(() => ended(work), ms + JOB_TURN_MS);
    }
  });

  function ended(work: WorkItem): void {
    const { jobId, nodeId, attempt } = work;
    const next = Number(nodeId.slice(1)) + 1;
    const released: PoolMessage = { type: 'workReleased', jobId, nodeId, attempt };
    const after: PoolMessage =
      next < load.nodes
        ? { type: 'workOffered', work: workOf(work, next, queue.time.now()) }
        : { type: 'jobOver', jobId };
    queue.tell([released, after], jobId);
  }

  queue.tell([{ type: 'queueLimited', maxRunningJobs: load.jobs }], 'person');
  for (let i = 0; i < load.workers; i++) {
    const worker = { workerId: `w${i}`, labels: [], slots: load.slots };
    queue.tell([{ type: 'workerRegistered', worker }], `w${i}`);
  }
  for (let i = 0; i < load.jobs; i++) {
    const job = {
      jobId: `job-${i}`,
      owner: `owner-${i % load.owners}`,
      priority: 'normal',
      attempt: 1,
    } as const;
    const { jobId, owner, priority } = job;
    const work = workOf(job, 0, 0);
    queue.tell(
      [
        { type: 'jobQueued', jobId, owner, priority, queuedAt: 0 },
        { type: 'workOffered', work },
      ],
      jobId,
    );
  }
  await queue.run();
  if (leasedAt.length !== total) throw new Error(`${leasedAt.length} of ${total} nodes were leased`);
  const [from, to] = [leasedAt[Math.floor(total * 0.25)] ?? 0, leasedAt[Math.floor(total * 0.75)] ?? 0];
  return {
    rate: (total * 0.5) / ((to - from) / 1_000),
    waits: waits.sort((a, b) => a - b),
    fairness: Math.min(...half) / Math.max(...half),
    counts: queue.counts,
    seconds: queue.time.now() / 1_000,
  };
}

function workOf(job: AttemptRef | { jobId: string; owner: string }, nth: number, readyAt: number): WorkItem {
  const { jobId, owner } = job as { jobId: string; owner: string };
  return {
    ...{ jobId, nodeId: `n${nth}`, attempt: 1, graphHash: 'h', owner, labels: [], slots: 1 },
    ...{ priority: 'normal', rank: 1, timeoutMs: 3_600_000, readyAt, traceId: 't' },
  };
}

const LOAD: PoolLoad = { jobs: 5_000, nodes: 3, owners: 50, workers: 500, slots: 8, meanMs: 3_000 };

/** What an input takes to be decided and written down, milliseconds, by the memory of the function, and so its processor. */
const DECIDE_MS = { '512 MB': 0.7, '1,024 MB': 0.35, '1,769 MB': 0.2 } as const;

const CASES: readonly (readonly [string, Omit<QueueOptions, 'decideMs'>, keyof typeof DECIDE_MS])[] = [
  ['one group', { lanes: 1, takesMore: false, invocations: 10 }, '512 MB'],
  ['lanes', { lanes: LANES.pool, takesMore: true, invocations: 2 }, '512 MB'],
  ['lanes', { lanes: LANES.pool, takesMore: true, invocations: 2 }, '1,024 MB'],
  ['lanes', { lanes: LANES.pool, takesMore: true, invocations: 2 }, '1,769 MB'],
];

/**
 * How far one pool goes on AWS: 3,000 jobs on 500 workers with 4,000 slots, the real decider, engine, journal and lanes,
 * in virtual time, with a cycle of 200 ms for ten messages. Beside it what `ceilingOf` reckons.
 */
export async function benchPoolQueue(): Promise<void> {
  const { jobs, workers, slots } = LOAD;
  console.log(
    `\n### One pool behind its queue: ${jobs} jobs, ${workers} workers of ${slots} slots (virtual time)\n`,
  );
  console.log(`| ${HEAD.join(' | ')} |\n| --- | --- |${' ---: |'.repeat(HEAD.length - 2)}`);
  for (const [name, options, memory] of CASES) {
    const run = await runPool(LOAD, { ...options, decideMs: DECIDE_MS[memory] });
    console.log(`| ${[name, memory, ...cellsOf(run, reckoned(options, DECIDE_MS[memory]))].join(' | ')} |`);
  }
}

const HEAD = [
  ...['', 'memory', 'nodes a second', 'reckoned', 'ready until leased, p50', 'p95'],
  ...['messages an append', 'appends lost', 'write units a second', 'least of most, owners'],
] as const;

function cellsOf({ rate, waits, fairness, counts, seconds }: PoolRun, ceiling: number): string[] {
  const { messages, appends, conflicts, units } = counts;
  return [
    ...[rate, ceiling].map((each) => each.toFixed(0)),
    ...[0.5, 0.95].map((share) => `${(percentile(waits, share) / 1_000).toFixed(1)} s`),
    (messages / appends).toFixed(1),
    `${((100 * conflicts) / (appends + conflicts)).toFixed(0)} %`,
    (units / seconds).toFixed(0),
    fairness.toFixed(2),
  ];
}

/** A message of these jobs is two inputs. */
function reckoned(
  { lanes, takesMore, invocations }: Omit<QueueOptions, 'decideMs'>,
  decideMs: number,
): number {
  const { receive, takeMore, read, append, effects, confirm, remove } = TAKES;
  const cycleMs = receive + effects + confirm + remove + (takesMore ? 3 * takeMore : 0);
  const most = takesMore ? 80 : 10;
  const costs = {
    lanes,
    most,
    invocations,
    cycleMs,
    writeMs: read + append,
    decideMs: 2 * decideMs,
    units: 0.5,
  };
  return ceilingOf(costs).perSecond;
}
