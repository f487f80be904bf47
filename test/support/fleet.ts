import { createWorld, WORLD_POOL } from '../../lib/adapters/memory/world';
import type { Graph } from '../../lib/core/dag/graph';
import type { WorkItem } from '../../lib/core/messages/pool';
import type { Priority } from '../../lib/core/model/priority';
import type { ReadOnly } from '../../lib/core/model/read-only';
import { fits } from '../../lib/core/scheduler/fit';
import type { PoolState } from '../../lib/core/scheduler/state';
import { seededRandom, sparseDag } from './graphs';

export interface FleetWorker {
  readonly workerId: string;
  readonly labels: string[];
  readonly slots: number;
}

export interface FleetJob {
  readonly jobId: string;
  readonly owner: string;
  readonly priority: Priority;
  readonly graph: Graph;
}

/** What happened, in milliseconds of virtual time. */
export interface FleetRecord {
  readonly granted: { readonly work: WorkItem; readonly at: number; readonly workerId: string }[];
  readonly finished: Map<string, number>;
  /** From `at` on: slots in use, and slots that are free though work waits that fits their worker. */
  readonly usage: { readonly at: number; readonly busy: number; readonly idle: number }[];
}

export interface FleetOptions {
  readonly workers: readonly FleetWorker[];
  readonly jobs: readonly FleetJob[];
  /** Workers that die, and when. */
  readonly deaths?: readonly { readonly workerId: string; readonly at: number }[];
}

/**
 * A fleet in a world without faults of the engine: jobs arrive at once, workers run for the durations that the graphs
 * give. Nothing waits, so days pass in seconds, and the same input gives the same record.
 */
export async function runFleet({ workers, jobs, deaths = [] }: FleetOptions): Promise<FleetRecord> {
  const record: FleetRecord = { granted: [], finished: new Map(), usage: [] };
  const durations = new Map(
    jobs.map(({ jobId, graph }) => [
      jobId,
      new Map(graph.nodes.map(({ id, durationMs }) => [id, durationMs])),
    ]),
  );
  const world = createWorld({
    graphs: jobs.map(({ graph }) => graph),
    random: seededRandom(5),
    script: ({ jobId, nodeId }) => ({ ms: durations.get(jobId)?.get(nodeId) ?? 0, end: 'succeeded' }),
    onDispatch: (work, workerId) => record.granted.push({ work, at: world.now(), workerId }),
    onPublish({ type, at, detail }) {
      if (type === 'orchestration.execution.completed') record.finished.set(detail['jobId'] as string, at);
    },
  });
  for (const worker of workers) world.register(worker);
  for (const job of jobs) world.submit(job.jobId, job);
  for (const { workerId, at } of deaths) world.at(at, () => world.kill(workerId));
  await world.run(async () => {
    const { state } = await world.view({ kind: 'pool', id: WORLD_POOL });
    const busy = [...state.leases.values()].reduce((sum, { work }) => sum + work.slots, 0);
    record.usage.push({ at: world.now(), busy, idle: idleSlots(state) });
  });
  return record;
}

/** How often each node was started. */
export function executionsOf({ granted }: FleetRecord): number[] {
  const counts = new Map<string, number>();
  for (const { work } of granted) {
    const key = `${work.jobId}/${work.nodeId}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts.values()];
}

/** Free slots of workers that some waiting work fits. One work a lane stands for all: they ask for the same. */
function idleSlots({ workers, lanes }: ReadOnly<PoolState>): number {
  const waiting = [...lanes.values()].flatMap(({ ranked }) => ranked.slice(0, 1));
  let idle = 0;
  for (const worker of workers.values()) {
    if (worker.free > 0 && waiting.some((work) => fits(worker, work))) idle += worker.free;
  }
  return idle;
}

/** Share of the slots in use, of all that are in use or free though work waits for them, over time. */
export function utilisation({ usage }: FleetRecord): number {
  let [used, offered] = [0, 0];
  usage.forEach(({ at, busy, idle }, i) => {
    const spell = (usage[i + 1]?.at ?? at) - at;
    used += busy * spell;
    offered += (busy + idle) * spell;
  });
  return used / offered;
}

/** Heterogeneous workers: 2 to 16 slots, a third with Chromium, a tenth with a GPU. */
export function mixedWorkers(count: number): FleetWorker[] {
  return Array.from({ length: count }, (_, i) => ({
    workerId: `w${i}`,
    labels: ['linux', ...(i % 3 === 0 ? ['chromium'] : []), ...(i % 10 === 0 ? ['gpu'] : [])],
    slots: [2, 4, 8, 16][i % 4] ?? 4,
  }));
}

/** Jobs of mixed class, owner, size and shape. Durations are skewed: most short, a few a hundred times as long. */
export function mixedJobs(count: number, nodesPerJob: number): FleetJob[] {
  const random = seededRandom(3);
  const classes: Priority[] = ['low', 'normal', 'normal', 'normal', 'high', 'critical'];
  return Array.from({ length: count }, (_, i) => {
    const size = Math.max(2, Math.round(nodesPerJob * (0.2 + 1.6 * random())));
    const bare = sparseDag(size, 2, random);
    const nodes = bare.nodes.map((node) => ({
      ...node,
      durationMs: Math.round(1_000 * Math.exp(1 + 3.5 * random() ** 2)),
      labels: [labelFor(random())],
      slots: random() < 0.1 ? 2 : 1,
    }));
    return {
      jobId: `job-${i}`,
      // One owner brings half of everything.
      owner: i % 2 === 0 ? 'heavy' : `owner-${i % 10}`,
      priority: classes[i % classes.length] ?? 'normal',
      graph: { ...bare, name: `graph-${i}`, nodes },
    };
  });
}

function labelFor(lot: number): string {
  if (lot < 0.04) return 'gpu';
  return lot < 0.34 ? 'chromium' : 'linux';
}
