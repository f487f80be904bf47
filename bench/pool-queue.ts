import type { PoolMessage, WorkItem } from '../lib/core/messages/pool';
import type { AttemptRef } from '../lib/core/model/attempt';
import { seededRandom } from '../test/support/graphs';
import { createPoolQueue, type PoolQueue, type QueueOptions } from '../test/support/pool-queue';
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

const LOAD: PoolLoad = { jobs: 5_000, nodes: 6, owners: 50, workers: 500, slots: 8, meanMs: 4_000 };

/**
 * How far one pool goes on AWS: 5,000 jobs on 500 workers with 4,000 slots, the real decider, engine, journal and lanes,
 * in virtual time, with a cycle of 200 ms for ten messages.
 */
export async function benchPoolQueue(): Promise<void> {
  console.log(`\n### One pool behind its queue: ${LOAD.jobs} jobs, ${LOAD.workers} workers (virtual time)\n`);
  console.log(
    '| | nodes a second | ready until leased, p50, s | p95, s | messages an append | lost appends | write units a second | fairness |',
  );
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const [name, options] of [
    ['one group', { lanes: false, takesMore: false, invocations: 10 }],
    ['lanes', { lanes: true, takesMore: false, invocations: 10 }],
    ['lanes, full batches take more along', { lanes: true, takesMore: true, invocations: 10 }],
    ['the same, four at a time', { lanes: true, takesMore: true, invocations: 4 }],
    ['the same, two at a time', { lanes: true, takesMore: true, invocations: 2 }],
  ] as const) {
    const { rate, waits, fairness, counts, seconds } = await runPool(LOAD, options);
    const cells = [
      name,
      rate.toFixed(0),
      ...[0.5, 0.95].map((share) => (percentile(waits, share) / 1_000).toFixed(2)),
      (counts.messages / counts.appends).toFixed(1),
      `${((100 * counts.conflicts) / (counts.appends + counts.conflicts)).toFixed(0)} %`,
      (counts.units / seconds).toFixed(0),
      fairness.toFixed(2),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
