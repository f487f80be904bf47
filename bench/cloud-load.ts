import { setTimeout as sleep } from 'node:timers/promises';
import { SCOPES } from '../lib/core/access/scopes';
import type { Graph } from '../lib/core/dag/graph';
import { attemptKey } from '../lib/core/model/attempt';
import { submit } from '../test/integration/support/api';
import { type LocalEnvironment, startLocalEnvironment } from '../test/integration/support/local-environment';
import { type FleetJob, type FleetWorker, mixedWorkers } from '../test/support/fleet';
import { type CloudJournals, readJournals } from './cloud-journals';
import { documentOf, loadJobs } from './load-jobs';
import { percentiles, waitsOf } from './load-waits';
import { functionTable, seconds, shareRows, spentOn } from './local-report';
import { type SimulatedFleet, startSimulatedFleet } from './simulated-fleet';

const JOBS = 500;
const GRAPHS = 20;
const OWNERS = 5;
const JOBS_PER_WORKER = 10;
const WARM_UP = 10;
const PATIENCE_MS = 900_000;

/**
 * The load of the bench `load`, with fewer nodes a job and graphs that come back, on the local cloud over REST: each
 * owner submits one job after another, all owners at once, onto a simulated worker for each ten jobs. Most of what is measured
 * is waiting, for the emulator and for the cores of this machine; the tables say how much of it is in our handlers.
 */
export async function benchCloudLoad([count = JOBS]: readonly number[] = []): Promise<void> {
  const jobs = loadJobs({ jobs: count, graphs: GRAPHS, owners: OWNERS, sizes: [3, 5], shortestMs: 50 });
  const workers = mixedWorkers(Math.ceil(count / JOBS_PER_WORKER));
  const local = await startLocalEnvironment();
  try {
    const fleet = await startSimulatedFleet(local, workers);
    try {
      await runJobs(local, fleet, jobs.slice(0, WARM_UP));
      const { result, ...spent } = await spentOn(local, () => runJobs(local, fleet, jobs));
      report(result, workers);
      const rows = shareRows(spent).map((cells) => `| ${cells.join(' | ')} |`);
      console.log(['\n| | |', '| --- | ---: |', ...rows].join('\n'));
      console.log(`\n${functionTable(spent.times)}`);
    } finally {
      await fleet.stop();
    }
  } finally {
    await local.stop();
  }
}

interface Run {
  /** Milliseconds from the request to its answer. */
  readonly submits: readonly number[];
  readonly nodes: number;
  readonly journals: CloudJournals;
  readonly assignedAt: ReadonlyMap<string, number>;
  /** Of each attempt that needs others, milliseconds from the end of the last of them until it reached its worker. */
  readonly nexts: readonly number[];
}

/** Submits jobs, one after another for each owner, and waits until all have succeeded. */
async function runJobs(
  local: LocalEnvironment,
  fleet: SimulatedFleet,
  jobs: readonly FleetJob[],
): Promise<Run> {
  const nodes = jobs.reduce((sum, { graph }) => sum + graph.nodes.length, 0);
  const goal = fleet.assignedAt.size + nodes;
  const submits: number[] = [];
  const graphs = new Map<string, Graph>();
  const owners = new Map<string, FleetJob[]>();
  for (const job of jobs) owners.set(job.owner, [...(owners.get(job.owner) ?? []), job]);
  const lanes = [...owners].map(async ([owner, own]) => {
    const api = await local.as(owner, SCOPES.jobs, SCOPES.priority);
    for (const job of own) {
      const begun = performance.now();
      const jobId = await submit(api, documentOf(job.graph), { priority: job.priority });
      submits.push(performance.now() - begun);
      graphs.set(jobId, job.graph);
    }
  });
  await Promise.race([Promise.all(lanes), fleet.broken]);
  const deadline = Date.now() + PATIENCE_MS;
  // The journals are read where they are kept: requests to the API would be a load of their own.
  for (;;) {
    await Promise.race([sleep(2_000), fleet.broken]);
    const journals =
      fleet.assignedAt.size >= goal ? await readJournals(local, [...graphs.keys()]) : undefined;
    if (journals?.over === graphs.size && journals.leases.length >= nodes) {
      const { assignedAt } = fleet;
      return { submits, nodes, journals, assignedAt, nexts: nextsOf(graphs, fleet) };
    }
    if (Date.now() > deadline) throw new Error(`${fleet.assignedAt.size} of ${goal} attempts reached a node`);
  }
}

/** @param graphs of the jobs, by their ids. */
function nextsOf(graphs: ReadonlyMap<string, Graph>, { assignedAt, endedAt }: SimulatedFleet): number[] {
  return [...graphs].flatMap(([jobId, { nodes }]) => {
    const timeIn = (times: ReadonlyMap<string, number>, nodeId: string) =>
      times.get(attemptKey({ jobId, nodeId, attempt: 1 })) ?? Number.NaN;
    return nodes
      .filter(({ needs }) => needs.length > 0)
      .map(
        ({ id, needs }) => timeIn(assignedAt, id) - Math.max(...needs.map((need) => timeIn(endedAt, need))),
      )
      .filter(Number.isFinite);
  });
}

function report({ submits, nodes, journals, assignedAt, nexts }: Run, workers: readonly FleetWorker[]): void {
  const { leases, makespanMs } = journals;
  if (leases.length !== nodes) throw new Error(`${leases.length} leases ended, of ${nodes} nodes`);
  const free = new Map(waitsOf(leases, workers).map(({ attempt, freeAt }) => [attempt, freeAt]));
  console.log(
    `\n### The local cloud: ${submits.length} jobs of ${OWNERS} owners, ${nodes} nodes, ${workers.length} simulated workers\n`,
  );
  console.log('| | p50 | p95 | p99 |\n| --- | ---: | ---: | ---: |');
  for (const [what, values] of [
    ['submission, from request to answer', submits],
    ['ready until leased, as journalled', leases.map((lease) => lease.assignedAt - lease.readyAt)],
    ['of it, until the pool had it', leases.map((lease) => lease.queuedAt - lease.readyAt)],
    ['of it, in the pool', leases.map((lease) => lease.assignedAt - lease.queuedAt)],
    [
      'in the pool, the slots it got being free',
      leases.map((lease) => lease.assignedAt - Math.max(lease.queuedAt, free.get(lease) ?? 0)),
    ],
    [
      'leased until it reached its worker',
      leases.map((lease) => (assignedAt.get(lease.key) ?? 0) - lease.assignedAt),
    ],
    [
      'ready until it reached its worker',
      leases.map((lease) => (assignedAt.get(lease.key) ?? 0) - lease.readyAt),
    ],
    [
      'ready and slots free, until it reached its worker',
      leases.map((lease) => (assignedAt.get(lease.key) ?? 0) - Math.max(lease.readyAt, free.get(lease) ?? 0)),
    ],
    ['what it needs had ended, until it reached its worker', nexts],
    ['leased until its slots were given back', leases.map((lease) => lease.endedAt - lease.assignedAt)],
  ] as const) {
    console.log(`| ${[what, ...percentiles(values)].join(' | ')} |`);
  }
  console.log(`\n${seconds(makespanMs)}, ${(nodes / (makespanMs / 1_000)).toFixed(1)} nodes a second.`);
}
