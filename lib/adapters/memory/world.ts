import type { Graph } from '../../core/dag/graph';
import { graphHash } from '../../core/dag/hash';
import { createEngine, type Engine } from '../../core/engine/engine';
import { createFastPath, noFastPath } from '../../core/engine/fast-path';
import { createKinds, type Kinds } from '../../core/engine/kinds';
import { performUnconfirmed } from '../../core/engine/outbox-relay';
import { RepriseError } from '../../core/errors';
import { type Delivery, jobAt, poolAt, streamOf } from '../../core/messages/address';
import type { Origin } from '../../core/messages/envelope';
import type { Submission } from '../../core/messages/job';
import type { Worker, WorkItem } from '../../core/messages/pool';
import type { PublicEvent } from '../../core/messages/public-event';
import { reportMessage } from '../../core/messages/report';
import { attemptKey } from '../../core/model/attempt';
import type { Random } from '../../core/model/time';
import type { EffectPorts } from '../../core/ports/effects';
import type { StreamReader } from '../../core/ports/streams';
import { createMemoryJournalStore, type MemoryJournalStore } from './journal-store';
import { createMemoryMachine, type Script } from './machine';
import { createVirtualTime } from './virtual-time';
import { createMemoryWorkflow, type MemoryWorkflow } from './workflow';

export interface WorldOptions {
  readonly graphs: readonly Graph[];
  readonly random: Random;
  /** How an attempt goes. */
  readonly script: (work: Pick<WorkItem, 'jobId' | 'nodeId' | 'attempt'>) => Script;
  readonly faults?: Faults;
  /** False leaves every effect to the outbox relay. */
  readonly fastPath?: boolean;
  /** Hears of an attempt that reaches its worker. */
  readonly onDispatch?: (work: WorkItem, workerId: string) => void;
  readonly onPublish?: (event: PublicEvent) => void;
}

/** Chances, each from 0 to 1. */
export interface Faults {
  /** Of a death of the engine at each point: before an append, after it, at each effect, after the last. */
  readonly crashes: number;
  /** That a batch of messages is delivered again. */
  readonly duplicates: number;
}

export interface World {
  readonly journal: MemoryJournalStore;
  readonly workflow: MemoryWorkflow;
  /** How often each attempt was started, by `attemptKey`. */
  readonly executions: ReadonlyMap<string, number>;
  /** How often the engine died. */
  readonly crashes: () => number;
  /** Milliseconds of virtual time. */
  readonly now: () => number;
  readonly at: (time: number, action: () => void) => void;
  readonly register: (worker: Worker) => void;
  /** The worker dies with what runs on it; its pool hears of it at once. */
  readonly kill: (workerId: string) => void;
  readonly submit: (
    jobId: string,
    submission: Pick<Submission, 'owner' | 'priority'> & { graph: Graph },
  ) => void;
  readonly view: StreamReader['view'];
  /**
   * Runs until nothing is left to do.
   * @param onQuiet called whenever nothing is left to do at this time.
   */
  readonly run: (onQuiet?: () => Promise<void>) => Promise<void>;
}

/** Thrown where a process dies; everything it held in memory is gone. */
class Crash extends Error {}

interface Queued {
  readonly delivery: Delivery;
  readonly origin: Origin;
}

export const WORLD_POOL = 'p';
const BATCH = 10;
const MAX_STEPS = 5_000_000;
const NO_FAULTS: Faults = { crashes: 0, duplicates: 0 };

/**
 * The AWS runtime in memory and virtual time: queues that deliver at least once and in order per stream, an engine that
 * dies at any point, and the outbox relay that performs what a dead engine did not. Everything durable survives a
 * crash, nothing else does. The same input gives the same run.
 */
export function createWorld(options: WorldOptions): World {
  const { random, faults = NO_FAULTS, fastPath = true } = options;
  const graphs = new Map(options.graphs.map((graph) => [graphHash(graph), graph]));
  const time = createVirtualTime(0);
  const queue: Queued[] = [];
  const unconfirmed = new Set<string>();
  const dead = new Set<string>();
  const places = new Map<string, string>();
  const durable = createMemoryJournalStore((stream) => unconfirmed.add(stream));
  let isDying = false;
  let crashes = 0;
  let engine = boot();

  function tell(delivery: Delivery, origin: Origin): void {
    queue.push({ delivery, origin });
  }

  const workflow = createMemoryWorkflow({
    nodesOf: (hash) => graphs.get(hash)?.nodes.map(({ id }) => id) ?? [],
    tell: (jobId, message, id) =>
      tell({ to: jobAt(jobId), message }, { id, actor: { kind: 'workflow', id: 'memory' } }),
  });
  const machine = createMemoryMachine(time.setTimer, options.script);
  const executor = machine.executor((ref, report) => {
    const workerId = places.get(attemptKey(ref)) ?? '';
    // What a dead worker would have said, nobody hears.
    if (dead.has(workerId)) return;
    const id = `${attemptKey(ref)}/${report.type}`;
    const message = reportMessage(ref, report, workerId);
    tell({ to: jobAt(ref.jobId), message }, { id, actor: { kind: 'worker', id: workerId } });
  });
  const ports: EffectPorts = {
    streams: { send: async (delivery, origin) => tell(delivery, origin) },
    timers: {
      async schedule({ to, message }, dueAt, id) {
        const origin = { id, actor: { kind: 'timer', id: 'memory' } as const };
        time.setTimer(() => tell({ to, message } as Delivery, origin), Math.max(0, dueAt - time.now()));
      },
    },
    workflow,
    dispatcher: {
      async dispatch({ work, workerId }) {
        places.set(attemptKey(work), workerId);
        options.onDispatch?.(work, workerId);
        const { jobId, nodeId, attempt, timeoutMs, traceId } = work;
        const run = { kind: 'command', run: nodeId } as const;
        await executor.submit({ jobId, nodeId, attempt, timeoutMs, traceId, work: run });
      },
      cancel: ({ work, reason }) => executor.cancel(work, reason),
    },
    publisher: { publish: async (event) => options.onPublish?.(event) },
    sources: { arm: async () => undefined },
    submissions: { submit: async () => undefined },
  };

  /** A process that is dying does nothing more. */
  function mayCrash(): void {
    if (random() < faults.crashes) isDying = true;
    if (isDying) throw new Crash();
  }

  function boot(): Engine<Kinds> {
    const journal: MemoryJournalStore = {
      ...durable,
      async append(...args) {
        mayCrash();
        await durable.append(...args);
        mayCrash();
      },
      async confirm(...args) {
        mayCrash();
        return durable.confirm(...args);
      },
    };
    const kinds = createKinds({ journal, random, graphs: { get: async (hash) => graphOf(hash) } });
    const perform = fastPath
      ? createFastPath({ ports: mortal(() => ports, mayCrash), journal, log: SILENT })
      : noFastPath;
    return createEngine(
      {
        ...{ journal, random, clock: time.now },
        async perform(effects, of) {
          await perform(effects, of);
          if (isDying) throw new Crash();
        },
      },
      kinds,
    );
  }

  function graphOf(hash: string): Graph {
    const graph = graphs.get(hash);
    if (!graph) throw new RepriseError('GRAPH_NOT_FOUND', `no graph ${hash} in this world`);
    return graph;
  }

  /** Messages of one stream that stand next to each other are a batch. */
  function nextBatch(): Queued[] {
    const stream = streamOf((queue[0] as Queued).delivery.to);
    const most = faults === NO_FAULTS ? BATCH : 1 + Math.floor(random() * BATCH);
    let n = 1;
    while (n < most && queue[n] && streamOf((queue[n] as Queued).delivery.to) === stream) n++;
    return queue.splice(0, n);
  }

  async function deliver(): Promise<void> {
    const batch = nextBatch();
    const { to } = (batch[0] as Queued).delivery;
    const envelopes = batch.map(({ delivery: { message }, origin }) => ({ ...origin, message }));
    try {
      await engine.handle(to, envelopes as never);
      if (random() < faults.duplicates) queue.push(...batch);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      crashes += 1;
      isDying = false;
      queue.unshift(...batch);
      engine = boot();
    }
  }

  /** @returns whether there was anything to perform. */
  async function relay(): Promise<boolean> {
    const streams = [...unconfirmed];
    unconfirmed.clear();
    let performed = 0;
    for (const stream of streams) {
      const { seq } = await durable.head(stream);
      const deps = { ports, journal: durable, effectsOf: engine.effectsOf, log: SILENT };
      performed += await performUnconfirmed(deps, stream, seq);
    }
    return performed > 0;
  }

  return {
    ...{ journal: durable, workflow, executions: machine.starts, crashes: () => crashes, now: time.now },
    at: (at, action) => void time.setTimer(action, at - time.now()),
    register(worker) {
      const origin = {
        id: `register/${worker.workerId}`,
        actor: { kind: 'worker', id: worker.workerId } as const,
      };
      tell({ to: poolAt(WORLD_POOL), message: { type: 'workerRegistered', worker } }, origin);
    },
    kill(workerId) {
      dead.add(workerId);
      const message = { type: 'workerLost' as const, workerId, reason: 'died' };
      tell(
        { to: poolAt(WORLD_POOL), message },
        { id: `lost/${workerId}`, actor: { kind: 'engine', id: 'memory' } },
      );
    },
    submit(jobId, { graph, owner, priority }) {
      const message = {
        type: 'submit' as const,
        graphHash: graphHash(graph),
        owner,
        priority,
        pool: WORLD_POOL,
      };
      tell({ to: jobAt(jobId), message }, { id: `submit/${jobId}`, actor: { kind: 'user', id: owner } });
    },
    view: (at) => engine.view(at) as never,
    async run(onQuiet = async () => undefined) {
      for (let steps = 0; steps < MAX_STEPS; steps++) {
        if (queue.length > 0) await deliver();
        else if (await relay()) continue;
        else {
          await onQuiet();
          if (!time.next()) return;
        }
      }
      throw new Error('the world does not come to rest');
    },
  };
}

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Ports that every call may find dead. */
function mortal(ports: () => EffectPorts, mayCrash: () => void): EffectPorts {
  const wrap = <T extends object>(name: keyof EffectPorts): T =>
    new Proxy({} as T, {
      get:
        (_target, method) =>
        async (...args: unknown[]) => {
          mayCrash();
          const port = ports()[name] as unknown as Record<PropertyKey, (...args: unknown[]) => unknown>;
          return port[method]?.(...args);
        },
    });
  return {
    streams: wrap('streams'),
    timers: wrap('timers'),
    workflow: wrap('workflow'),
    dispatcher: wrap('dispatcher'),
    publisher: wrap('publisher'),
    sources: wrap('sources'),
    submissions: wrap('submissions'),
  };
}
