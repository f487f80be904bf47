import { createMemoryJournalStore } from '../../lib/adapters/memory/journal-store';
import type { Graph, Priority } from '../../lib/core/dag/graph';
import { graphHash } from '../../lib/core/dag/hash';
import { type Effect, type EffectPorts, performEffect } from '../../lib/core/ports/effects';
import { createJobEngine } from '../../lib/core/engine/jobs';
import { createPoolEngine } from '../../lib/core/engine/pools';
import type { JobMessage } from '../../lib/core/messages/job';
import { fits } from '../../lib/core/scheduler/fit';
import type { PoolMessage, WorkItem } from '../../lib/core/messages/pool';
import type { PoolState } from '../../lib/core/scheduler/state';
import { seededRandom, sparseDag } from './graphs';

export interface FleetNode {
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
  /** From `at` on: slots in use, and slots that are free though work waits that fits their node. */
  readonly usage: { readonly at: number; readonly busy: number; readonly idle: number }[];
  readonly executions: Map<string, number>;
}

export interface FleetOptions {
  readonly nodes: readonly FleetNode[];
  readonly jobs: readonly FleetJob[];
  /** Nodes that die, and when. */
  readonly deaths?: readonly { readonly workerId: string; readonly at: number }[];
}

/**
 * The real deciders, engines and effects in virtual time: jobs arrive at once, workers run for the durations
 * that the graphs give. Nothing waits, so days pass in seconds, and the same input gives the same record.
 */
export async function runFleet({ nodes, jobs, deaths = [] }: FleetOptions): Promise<FleetRecord> {
  let now = 0;
  const random = seededRandom(5);
  const record: FleetRecord = { granted: [], finished: new Map(), usage: [], executions: new Map() };
  const graphs = new Map(jobs.map(({ graph }) => [graphHash(graph), graph]));
  const specs = new Map(
    jobs.map(({ jobId, graph }) => [jobId, new Map(graph.nodes.map((node) => [node.id, node]))]),
  );
  const dead = new Set<string>();
  const inbox: (() => Promise<unknown>)[] = [];
  const later = new Schedule();

  const toJob = (jobId: string, message: JobMessage) =>
    inbox.push(() => jobEngine.handle(jobId, [envelope(message)]));
  const toPool = (message: PoolMessage) => inbox.push(() => poolEngine.handle('p', [envelope(message)]));
  const ports: EffectPorts = {
    queues: {
      toJob: async (jobId, message) => void toJob(jobId, message),
      toPool: async (_id, message) => void toPool(message),
      toTrigger: async () => {},
    },
    timers: { schedule: async (jobId, message, dueAt) => later.at(dueAt, () => toJob(jobId, message)) },
    workflow: {
      start: async (jobId) => {
        for (const nodeId of specs.get(jobId)?.keys() ?? []) toJob(jobId, { type: 'nodeEntered', nodeId });
      },
      answerNode: async () => {},
      answerOutcome: async () => {},
      stop: async () => {},
    },
    dispatcher: {
      dispatch: async ({ work, workerId }) => {
        record.granted.push({ work, at: now, workerId });
        const key = `${work.jobId}/${work.nodeId}`;
        record.executions.set(key, (record.executions.get(key) ?? 0) + 1);
        const duration = specs.get(work.jobId)?.get(work.nodeId)?.durationMs ?? 0;
        toJob(work.jobId, { type: 'attemptStarted', nodeId: work.nodeId, attempt: work.attempt, workerId });
        later.at(now + duration, () => {
          if (dead.has(workerId)) return;
          const { nodeId, attempt } = work;
          toJob(work.jobId, { type: 'attemptSucceeded', nodeId, attempt, durationMs: duration, outputs: {} });
        });
      },
      cancel: async () => {},
    },
    sources: { arm: async () => {} },
    submissions: { submit: async () => {} },
    publisher: {
      publish: async (event) => {
        if (event.type === 'orchestration.execution.completed')
          record.finished.set(event.detail['jobId'] as string, event.at);
      },
    },
  };
  const deps = {
    journal: createMemoryJournalStore(),
    clock: () => now,
    soleWriter: true,
    perform: async (effects: readonly Effect[]) => {
      for (const effect of effects) await performEffect(ports, effect);
    },
  };
  const jobEngine = createJobEngine({
    ...deps,
    random,
    graphs: { put: async () => {}, get: async (hash) => graphs.get(hash) as Graph },
  });
  const poolEngine = createPoolEngine(deps);

  for (const worker of nodes) toPool({ type: 'workerRegistered', worker });
  for (const { jobId, owner, priority, graph } of jobs) {
    toJob(jobId, { type: 'submit', graphHash: graphHash(graph), owner, priority, pool: 'p' });
  }
  for (const { workerId, at } of deaths) {
    later.at(at, () => {
      dead.add(workerId);
      toPool({ type: 'workerLost', workerId, reason: 'died' });
    });
  }
  do {
    for (let i = 0; i < inbox.length; i++) await (inbox[i] as () => Promise<unknown>)();
    inbox.length = 0;
    const { state } = await poolEngine.view('p');
    const busy = [...state.leases.values()].reduce((sum, { work }) => sum + work.slots, 0);
    record.usage.push({ at: now, busy, idle: idleSlots(state) });
    now = later.next() ?? now;
  } while (later.run(now) > 0);
  return record;
}

/** Free slots of nodes that some waiting work fits. One work a lane stands for all: they ask for the same. */
function idleSlots({ workers, lanes }: PoolState): number {
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

function envelope<Message>(message: Message) {
  return { id: 'fleet', actor: { kind: 'engine', id: 'fleet' } as const, message };
}

/** Things to do at points of virtual time, in order. */
class Schedule {
  private readonly times: number[] = [];
  private readonly due = new Map<number, (() => void)[]>();

  at(time: number, action: () => void): void {
    const known = this.due.get(time);
    if (known) {
      known.push(action);
      return;
    }
    this.due.set(time, [action]);
    let low = 0;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.times[middle] as number) > time) low = middle + 1;
      else high = middle;
    }
    this.times.splice(low, 0, time);
  }

  /** The next point of time, if there is one. */
  next(): number | undefined {
    return this.times.at(-1);
  }

  /** Does what is due by now; the number of actions. */
  run(now: number): number {
    let count = 0;
    while (this.times.length > 0 && (this.times.at(-1) as number) <= now) {
      for (const action of this.due.get(this.times.at(-1) as number) ?? []) {
        action();
        count += 1;
      }
      this.due.delete(this.times.pop() as number);
    }
    return count;
  }
}

/** Heterogeneous workers: 2 to 16 slots, a third with Chromium, a tenth with a GPU. */
export function mixedNodes(count: number): FleetNode[] {
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
