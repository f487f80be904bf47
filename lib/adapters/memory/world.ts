import { fixed } from '../../core/configuration/layers';
import type { Graph } from '../../core/dag/graph';
import { graphHash } from '../../core/dag/hash';
import type { DependencyPolicies } from '../../core/dependency/policy';
import { createEngine, type Engine } from '../../core/engine/engine';
import { type AssessmentDeps, assessmentOf } from '../../core/engine/evidence';
import { createFastPath, noFastPath } from '../../core/engine/fast-path';
import { createKinds, type Kinds } from '../../core/engine/kinds';
import { performUnconfirmed, type RelayDeps } from '../../core/engine/outbox-relay';
import { RepriseError } from '../../core/errors';
import type { Actor } from '../../core/journal/envelope';
import { type Delivery, jobAt, poolAt, streamOf } from '../../core/messages/address';
import type { Origin } from '../../core/messages/envelope';
import type { Submission } from '../../core/messages/job';
import type { Worker, WorkItem } from '../../core/messages/pool';
import type { PublicEvent } from '../../core/messages/public-event';
import { present } from '../../core/model/present';
import type { Random } from '../../core/model/time';
import { type EffectPorts, NO_NOTIFIER } from '../../core/ports/effects';
import type { StreamReader } from '../../core/ports/streams';
import type { Repair } from '../../core/recovery/reconcile/repair';
import { memoryConditions } from './conditions';
import { createMemoryFleet, type MemoryFleet } from './fleet';
import { createMemoryHistory } from './history';
import { createMemoryJournalStore, type MemoryJournalStore } from './journal-store';
import { createMemoryLetterBox, type MemoryLetterBox } from './letter-box';
import { type Loses, lossyPorts } from './losses';
import type { Script } from './machine';
import { Crash, createMortality } from './mortality';
import { reconciling } from './reconciling';
import { sightedWorkflow } from './sightings';
import { createVirtualTime, type VirtualTime } from './virtual-time';
import { createMemoryWorkflow, type MemoryWorkflow } from './workflow';

export interface WorldOptions extends AssessmentDeps {
  readonly graphs: readonly Graph[];
  readonly random: Random;
  /** How an attempt goes. */
  readonly script: (work: Pick<WorkItem, 'jobId' | 'nodeId' | 'attempt'>) => Script;
  readonly faults?: Faults;
  /** What gets lost on its way; nothing by default. */
  readonly loses?: Loses;
  /** When the breakers of dependencies open. */
  readonly policies?: DependencyPolicies;
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
  readonly letterBox: MemoryLetterBox;
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
  /** A machine died with what ran on it, and is back before anybody missed it, in place of this registration. */
  readonly replace: (worker: Worker, registration: string) => void;
  readonly submit: (
    jobId: string,
    submission: Pick<Submission, 'owner' | 'priority'> & { graph: Graph },
  ) => void;
  /** Tells a stream something, as a person does. */
  readonly tell: (delivery: Delivery, id: string) => void;
  readonly view: StreamReader['view'];
  /** Ends the workflow of a job behind the engine's back. */
  readonly abortWorkflow: (jobId: string) => Promise<void>;
  /** A turn of the reconciler over these jobs and all that the pool knows. */
  readonly reconcile: (jobIds: readonly string[], graceMs?: number) => Promise<readonly Repair[]>;
  /**
   * Runs until nothing is left to do.
   * @param onQuiet called whenever nothing is left to do at this time. What it tells streams is done first.
   */
  readonly run: (onQuiet?: () => Promise<void>) => Promise<void>;
}

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
  const { random, faults = NO_FAULTS, fastPath = true, loses = () => false } = options;
  const graphOf = finder(options.graphs);
  const time = createVirtualTime(0);
  const queue: Queued[] = [];
  const unconfirmed = new Set<string>();
  const journal = createMemoryJournalStore((stream) => unconfirmed.add(stream));
  const mortality = createMortality(random, faults.crashes);
  let crashes = 0;

  function tell(delivery: Delivery, origin: Origin): void {
    if (!loses({ via: 'queue', delivery, origin })) queue.push({ delivery, origin });
  }

  const { fleet, workflow, ports, letterBox, abort, sightings } = outsideOf(options, {
    ...{ graphOf, time, tell, loses },
  });
  let engine = boot();
  const view = engineView(() => engine);
  const seen = { streams: { view }, executions: sightings, workers: fleet.sightings };

  function boot(): Engine<Kinds> {
    const mortal = mortality.journal(journal);
    const perform = fastPath
      ? createFastPath({ ports: mortality.ports(ports), journal: mortal, log: SILENT })
      : noFastPath;
    const deps = {
      ...{ journal: mortal, random, clock: time.now, conditions: memoryConditions },
      configuration: fixed(present({ dependencies: options.policies })),
      async perform(...effects: Parameters<typeof perform>) {
        await perform(...effects);
        if (mortality.isDying()) throw new Crash();
      },
    };
    return createEngine(
      deps,
      createKinds({ ...assessmentOf(options), ...deps, graphs: { get: async (hash) => graphOf(hash) } }),
    );
  }

  async function deliver(): Promise<void> {
    const batch = takeBatch(queue, faults === NO_FAULTS ? BATCH : 1 + Math.floor(random() * BATCH));
    const { to } = (batch[0] as Queued).delivery;
    const envelopes = batch.map(({ delivery: { message }, origin }) => ({ ...origin, message }));
    try {
      // A batch is of one stream, and so its messages are of the stream's kind.
      await engine.handle(to, envelopes as never);
      if (random() < faults.duplicates) queue.push(...batch);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      crashes += 1;
      mortality.reborn();
      queue.unshift(...batch);
      engine = boot();
    }
  }

  return {
    ...{ journal, workflow, executions: fleet.starts, crashes: () => crashes, now: time.now },
    letterBox,
    ...commands(tell),
    at: (at, action) => void time.setTimer(action, at - time.now()),
    kill: (workerId) => kill(fleet, tell, workerId),
    replace(worker, registration) {
      fleet.empty(worker.workerId);
      tell(...restarted(worker.workerId, registration));
      register(tell, worker);
    },
    ...{ view, abortWorkflow: abort },
    reconcile: reconciling({ ...seen, ports, journal, clock: time.now }, WORLD_POOL),
    async run(onQuiet = async () => undefined) {
      for (let steps = 0; steps < MAX_STEPS; steps++) {
        if (queue.length > 0) await deliver();
        else if (await relay({ ports, journal, effectsOf: engine.effectsOf, log: SILENT }, unconfirmed))
          continue;
        else {
          await onQuiet();
          if (queue.length === 0 && !time.next()) return;
        }
      }
      throw new Error('the world does not come to rest');
    },
  };
}

/** What is around an engine: workers and workflows, as it reaches them and as they are. */
function outsideOf(
  options: WorldOptions,
  inner: {
    readonly graphOf: (hash: string) => Graph;
    readonly time: VirtualTime;
    readonly tell: (delivery: Delivery, origin: Origin) => void;
    readonly loses: Loses;
  },
) {
  const { graphOf, time, tell, loses } = inner;
  const walks = createMemoryWorkflow({
    nodesOf: (hash) => graphOf(hash).nodes.map(({ id }) => id),
    tell: (jobId, message, id) => tell({ to: jobAt(jobId), message }, { id, actor: actor('workflow') }),
  });
  const { workflow, sightings, abort } = sightedWorkflow(walks, time.now);
  const fleet = createMemoryFleet({ ...options, setTimer: time.setTimer, tell });
  const quiet = quietPorts(tell, time, options.onPublish);
  const ports: EffectPorts = { ...quiet, workflow, dispatcher: fleet };
  const { letterBox } = quiet;
  return { fleet, workflow, ports: lossyPorts(ports, loses), letterBox, abort, sightings };
}

/** Finds a graph of a world by its hash. */
function finder(graphs: readonly Graph[]): (hash: string) => Graph {
  const known = new Map(graphs.map((graph) => [graphHash(graph), graph]));
  return (hash) => {
    const graph = known.get(hash);
    if (!graph) throw new RepriseError('GRAPH_NOT_FOUND', `no graph ${hash} in this world`);
    return graph;
  };
}

const actor = (kind: Actor['kind']): Actor => ({ kind, id: 'memory' });

/** The ports that neither run nor answer anything. */
function quietPorts(
  tell: (delivery: Delivery, origin: Origin) => void,
  { now, setTimer }: VirtualTime,
  onPublish: WorldOptions['onPublish'],
): Omit<EffectPorts, 'workflow' | 'dispatcher'> & { readonly letterBox: MemoryLetterBox } {
  return {
    streams: { send: async (delivery, origin) => tell(delivery, origin) },
    timers: {
      async schedule(delivery, dueAt, id) {
        setTimer(() => tell(delivery, { id, actor: actor('timer') }), Math.max(0, dueAt - now()));
      },
    },
    publisher: { publish: async (event) => onPublish?.(event) },
    sources: { arm: async () => undefined },
    submissions: { submit: async () => undefined },
    letterBox: createMemoryLetterBox(tell),
    notifier: NO_NOTIFIER,
    history: createMemoryHistory(),
  };
}

/** Performs what is open of these streams. @returns whether there was anything. */
async function relay(
  deps: RelayDeps & { journal: MemoryJournalStore },
  unconfirmed: Set<string>,
): Promise<boolean> {
  const streams = [...unconfirmed];
  unconfirmed.clear();
  let performed = 0;
  for (const stream of streams) {
    const { seq } = await deps.journal.head(stream);
    performed += await performUnconfirmed(deps, stream, seq);
  }
  return performed > 0;
}

/** Messages of one stream that stand next to each other are a batch. */
function takeBatch(queue: Queued[], most: number): Queued[] {
  const streamAt = (i: number) => queue[i] && streamOf(queue[i].delivery.to);
  let n = 1;
  while (n < most && streamAt(n) === streamAt(0)) n++;
  return queue.splice(0, n);
}

/** What people and workers tell the streams of a world. */
function commands(
  tell: (delivery: Delivery, origin: Origin) => void,
): Pick<World, 'register' | 'submit' | 'tell'> {
  return {
    tell: (delivery, id) => tell(delivery, { id, actor: { kind: 'user', id: 'ana' } }),
    register: (worker) => register(tell, worker),
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
  };
}

function register(tell: (delivery: Delivery, origin: Origin) => void, worker: Worker): void {
  const { workerId, registration = '' } = worker;
  tell(
    { to: poolAt(WORLD_POOL), message: { type: 'workerRegistered', worker } },
    {
      ...{ id: `register/${workerId}/${registration}`, actor: { kind: 'worker', id: workerId } },
    },
  );
}

function restarted(workerId: string, registration: string): [Delivery, Origin] {
  const message = { type: 'workerRestarted' as const, workerId, registration, running: [] };
  const origin = {
    id: `restart/${workerId}/${registration}`,
    actor: { kind: 'worker', id: workerId } as const,
  };
  return [{ to: poolAt(WORLD_POOL), message }, origin];
}

function kill(
  fleet: MemoryFleet,
  tell: (delivery: Delivery, origin: Origin) => void,
  workerId: string,
): void {
  fleet.kill(workerId);
  const message = { type: 'workerLost' as const, workerId, reason: 'died' };
  tell({ to: poolAt(WORLD_POOL), message }, { id: `lost/${workerId}`, actor: actor('engine') });
}

/** The view of whichever engine lives. */
function engineView(engine: () => Engine<Kinds>): StreamReader['view'] {
  return (at) => engine().view(at) as never;
}

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
