import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FleetJob, type FleetWorker, mixedWorkers } from '../test/support/fleet';
import { loadJobs } from './load-jobs';
import { type LoadRecord, runLoad } from './load-run';
import { hasRoomForAll, percentiles, type Wait, waitsOf } from './load-waits';

const JOBS = 500;
const NODES = 50;
/** What the fleet is multiplied by so that everything can run at once. */
const ROOM = 32;

/**
 * 500 jobs of 4 to 20 nodes at once on one embedded runtime with its durable journal, over 50 heterogeneous simulated
 * workers, in real time. Three loads: with room for everything at once, so that all waiting is the engine's;
 * with a backlog; and with nodes that take no time, which shows how much the engine does in a second.
 */
export async function benchLoad(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'reprise-load-'));
  try {
    const jobs = loadJobs({ jobs: JOBS, owners: 20, sizes: [4, 20], shortestMs: 50 });
    const few = mixedWorkers(NODES);
    const many = few.map((node) => ({ ...node, slots: node.slots * ROOM }));
    const work = jobs.flatMap(({ graph }) => graph.nodes);
    if (!hasRoomForAll(work, many)) throw new Error('the large fleet has no room for all of it');
    // Compiled code and the directory's first entries belong to nobody's wait.
    await runLoad(instant(jobs.slice(0, 50)), many, join(dir, 'warm'));
    await measure('room for all at once', jobs, many, join(dir, 'room'));
    await measure('a backlog', jobs, few, join(dir, 'backlog'));
    await measure('nodes that take no time', instant(jobs), few, join(dir, 'instant'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(
  name: string,
  jobs: readonly FleetJob[],
  nodes: readonly FleetWorker[],
  dir: string,
): Promise<void> {
  const record = await runLoad(jobs, nodes, dir);
  const slots = nodes.reduce((sum, node) => sum + node.slots, 0);
  const { length } = record.attempts;
  console.log(
    `\n### ${name}: ${jobs.length} jobs, ${length} nodes, ${nodes.length} workers with ${slots} slots\n`,
  );
  console.log('| | p50 | p95 | p99 |\n| --- | ---: | ---: | ---: |');
  for (const [what, values] of rows(record, nodes)) {
    console.log(`| ${[what, ...percentiles(values)].join(' | ')} |`);
  }
  const seconds = record.makespanMs / 1_000;
  const busy = record.attempts.reduce(
    (sum, { assignedAt, endedAt, slots }) => sum + slots * (endedAt - assignedAt),
    0,
  );
  const share = (busy / (slots * record.makespanMs)) * 100;
  console.log(
    `\n${seconds.toFixed(1)} s, ${(length / seconds).toFixed(0)} nodes a second, slots in use on average ${share.toFixed(0)} %.`,
  );
}

function rows(
  { submits, attempts }: LoadRecord,
  nodes: readonly FleetWorker[],
): [string, readonly number[]][] {
  const waits = waitsOf(attempts, nodes);
  const own = ({ attempt, freeAt }: Wait, since: number) => attempt.assignedAt - Math.max(since, freeAt);
  const first = waits.filter(({ attempt }) => attempt.neededAt === undefined);
  const later = waits.filter(({ attempt }) => attempt.neededAt !== undefined);
  const sinceReady = (wait: Wait) => own(wait, wait.attempt.readyAt);
  return [
    ['submission, until it is durable', submits],
    ['ready and slots free, until assigned', waits.map(sinceReady)],
    ['the same, first nodes of the jobs', first.map(sinceReady)],
    ['the same, the nodes after them', later.map(sinceReady)],
    [
      'needs ended and slots free, until assigned',
      later.map((wait) => own(wait, wait.attempt.neededAt ?? 0)),
    ],
    [
      'ready, until assigned, waits for capacity included',
      waits.map(({ attempt }) => attempt.assignedAt - attempt.readyAt),
    ],
  ];
}

function instant(jobs: readonly FleetJob[]): FleetJob[] {
  return jobs.map((job) => ({
    ...job,
    graph: { ...job.graph, nodes: job.graph.nodes.map((node) => ({ ...node, durationMs: 0 })) },
  }));
}
