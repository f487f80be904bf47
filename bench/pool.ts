import { PRIORITIES } from '../lib/core/model/priority';
import { poolDecider } from '../lib/core/scheduler/decider';
import type { PoolEvent } from '../lib/core/scheduler/events';
import type { PoolInput } from '../lib/core/scheduler/input';
import { initialPool, type PoolState } from '../lib/core/scheduler/state';
import { seededRandom } from '../test/support/graphs';
import { percentile } from './measure';

const NODES = 50;
const SLOTS = 8;
const JOBS = 500;
const NODES_PER_JOB = 100;
const OWNERS = 20;

/**
 * The pool decider alone: 50 workers, 500 jobs of 100 ready nodes each, 20 owners, four classes, three shapes.
 * Every decision is one attempt that ends, decided and folded, with the assignment that follows from it.
 */
export function benchPool(): void {
  const random = seededRandom(11);
  const state = initialPool();
  for (let i = 0; i < NODES; i++) step(state, register(i, SLOTS));
  const offering = process.hrtime.bigint();
  for (let job = 0; job < JOBS; job++)
    for (let n = 0; n < NODES_PER_JOB; n++) step(state, offer(job, n, random));
  const offered = seconds(offering);
  const running = grants(step(state, { type: 'assign', at: 1 }));
  const samples: number[] = [];
  const begun = process.hrtime.bigint();
  for (let next = 0; next < running.length; next++) {
    const before = process.hrtime.bigint();
    step(state, { type: 'workReleased', ...(running[next] as (typeof running)[number]), at: 2 + next });
    running.push(...grants(step(state, { type: 'assign', at: 2 + next })));
    samples.push(Number(process.hrtime.bigint() - before) / 1e3);
  }
  const took = seconds(begun);
  const total = JOBS * NODES_PER_JOB;
  if (samples.length !== total) throw new Error(`${samples.length} of ${total} attempts were assigned`);
  samples.sort((a, b) => a - b);
  console.log(`\n### The pool decider alone: ${NODES} nodes, ${JOBS} jobs of ${NODES_PER_JOB}\n`);
  console.log('| | |\n| --- | ---: |');
  console.log(`| assignments per second | ${Math.round(total / took).toLocaleString('en')} |`);
  console.log(`| offers per second | ${Math.round(total / offered).toLocaleString('en')} |`);
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
    ['p99.9', 0.999],
  ] as const) {
    console.log(`| decision ${name} | ${percentile(samples, share).toFixed(1)} µs |`);
  }
}

export function register(i: number, slots: number): PoolInput {
  const labels = i % 5 === 0 ? ['linux', 'chromium'] : ['linux'];
  return { type: 'workerRegistered', worker: { workerId: `w${i}`, labels, slots }, at: 0 };
}

export function offer(job: number, n: number, random: () => number): PoolInput {
  const work = {
    jobId: `job-${job}`,
    nodeId: `node-${n}`,
    attempt: 1,
    graphHash: 'hash',
    owner: `owner-${job % OWNERS}`,
    labels: n % 10 === 0 ? ['chromium'] : ['linux'],
    slots: n % 7 === 0 ? 2 : 1,
    priority: PRIORITIES[job % PRIORITIES.length] ?? 'normal',
    rank: Math.floor(random() * 1e6),
    timeoutMs: 600_000,
    readyAt: 0,
    traceId: 'trace',
  };
  return { type: 'workOffered', work, at: 0 };
}

export function step(state: PoolState, input: PoolInput): PoolEvent[] {
  const events = poolDecider.decide(state, input);
  for (const event of events) poolDecider.evolve(state, event, input.at);
  return events;
}

export function grants(events: readonly PoolEvent[]) {
  return events.flatMap(({ type, data }) =>
    type === 'lease.granted' ? [{ jobId: data.jobId, nodeId: data.nodeId, attempt: data.attempt }] : [],
  );
}

function seconds(since: bigint): number {
  return Number(process.hrtime.bigint() - since) / 1e9;
}
