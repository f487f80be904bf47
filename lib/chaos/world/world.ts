import { createMemoryJournalStore, type MemoryJournalStore } from '../../adapters/memory/journal-store';
import { createVirtualTime, type VirtualTime } from '../../adapters/memory/virtual-time';
import { createMemorySweeps, createMemoryWorkerRegistry } from '../../adapters/memory/worker-registry';
import type { Graph } from '../../core/dag/graph';
import { RepriseError } from '../../core/errors';
import type { JobEvent } from '../../core/job/events';
import type { Recorded } from '../../core/journal/envelope';
import { jobAt, poolAt, streamOf } from '../../core/messages/address';
import { present } from '../../core/model/present';
import { pick } from '../draw';
import { createFaultPlan, type Fault, type FaultKind, type FaultPlan } from '../faults';
import { type PlannedJob, type Scenario, START } from '../workload/scenario';
import { scriptOf } from '../workload/scripts';
import type { Alteration } from './alteration';
import { type Asking, createAsking } from './asking';
import { clearUp, startCommands } from './commands';
import { decide, type SomeProcess } from './decide';
import { createDependencies } from './dependencies';
import { isOverBy } from './ending';
import { createFleet, type Fleet, POOL } from './fleet';
import { every, type Ground } from './ground';
import { createDead, type Dead } from './letters';
import { createOutages } from './outages';
import { startPoison } from './poison';
import { createPorts } from './ports';
import { createProcess, type EngineProcess } from './process';
import { createQueues, type Queues } from './queues';
import { type Reconciling, startReconciler } from './reconciler';
import { createRelay, type Relay } from './relay';
import { createSnapshots, type Snapshots } from './snapshots';
import { startSweeper } from './sweeper';
import type { Watch } from './watch';
import { createWorkflow } from './workflow';

export interface WorldOptions {
  readonly scenario: Scenario;
  readonly alteration: Alteration;
  /** These faults strike, and no other. */
  readonly only?: ReadonlySet<string> | undefined;
  readonly watch: Watch;
  readonly say: (at: number, who: string, what: () => string) => void;
  readonly onFault?: ((fault: Fault) => void) | undefined;
}

/**
 * How a world ends: it comes to rest; it was given time enough and does not; or work in it is under way even after that, so
 * that what is left cannot be looked at.
 */
export type WorldEnd = 'atRest' | 'late' | 'stuck';

export interface World {
  readonly scenario: Scenario;
  readonly journal: MemoryJournalStore;
  readonly snapshots: Snapshots;
  readonly processes: readonly EngineProcess[];
  readonly graphOf: (hash: string) => Graph;
  readonly faults: FaultPlan;
  readonly now: () => number;
  /** Goes on by one event of virtual time. @returns how the world ended, once it has. */
  readonly step: () => Promise<WorldEnd | undefined>;
  /** Time stands still, and nothing takes any: for whoever looks at what is left. */
  readonly halt: () => void;
}

/** How long after the last fault everything has to be at rest. */
const PATIENCE_MS = 2 * 3_600_000;
/** What is under way by then has so long to come to an end, milliseconds. */
const LAST_CALLS_MS = 1_800_000;
const LOOK_MS = 15_000;
/** What was under way when the last fault struck has come through by then, milliseconds. */
const AFTERMATH_MS = 120_000;

interface Parts {
  readonly queues: Queues;
  readonly fleet: Fleet;
  readonly relay: Relay;
  readonly processes: readonly EngineProcess[];
  readonly process: SomeProcess;
  readonly reconciling: Reconciling;
  readonly dead: Dead;
}

type Base = Pick<World, 'journal' | 'snapshots' | 'graphOf'> & { readonly ground: Ground };

/**
 * The AWS runtime in memory and virtual time: queues that deliver at least once and in order per stream, several processes
 * that decide and may die at any call, the outbox relay, the sweeper, workers, workflows, and people. What goes wrong the
 * plan of faults says. Everything durable survives a death, nothing else does. The same scenario and the same faults give
 * the same run.
 */
export function createWorld(options: WorldOptions): World {
  const { scenario, only, onFault, watch } = options;
  const time = wholeMilliseconds(createVirtualTime(START));
  const { seed, weights } = scenario;
  const faults = createFaultPlan({ seed, weights, now: time.now, ...present({ only, onFault }) });
  let isHalted = false;
  const say: Ground['say'] = (who, what) => options.say(time.now(), who, what);
  const ground: Ground = { time, faults, watch, say, isHalted: () => isHalted };
  const graphOf = finder(scenario.jobs);
  const snapshots = createSnapshots(faults);
  const journal = createMemoryJournalStore((stream) => parts.relay.look(stream));
  const base = { ground, journal, snapshots, graphOf };
  const parts = assemble(options, base);
  const asking = createAsking(ground, parts.process);
  befall(base, scenario, { ...parts, asking });
  const isAtRest = restOf(scenario, base, { ...parts, asking });
  let steps = 0;

  return {
    ...{ scenario, journal, snapshots, processes: parts.processes, graphOf, faults, now: time.now },
    async step() {
      if (isAtRest()) return 'atRest';
      const lateMs = time.now() - scenario.calmAt - PATIENCE_MS;
      if (lateMs > 0 && parts.processes.every((each) => each.isIdle())) return 'late';
      if (lateMs > LAST_CALLS_MS) return 'stuck';
      const any = time.step();
      steps += 1;
      await settled(steps);
      return any ? undefined : 'stuck';
    },
    halt() {
      faults.end();
      isHalted = true;
    },
  };
}

/** Fractions would add up to times that are due and never come. */
const wholeMilliseconds = (time: VirtualTime): VirtualTime => ({
  ...time,
  setTimer: (action, ms) => time.setTimer(action, Math.max(0, Math.ceil(ms))),
});

/** Steps after which whoever else is in this process has a turn. */
const TURN = 256;

/** What was set in motion comes to where it waits for time: ticks come after all promises that can be kept. */
const settled = (nth: number) =>
  new Promise<void>((resolve) => (nth % TURN === 0 ? setImmediate(resolve) : process.nextTick(resolve)));

function assemble({ scenario, alteration }: WorldOptions, base: Base): Parts {
  const { ground, journal, graphOf } = base;
  const { faults } = ground;
  const processes: EngineProcess[] = [];
  const process: SomeProcess = (lot) => {
    const up = processes.filter((each) => each.isUp());
    return up.length === 0 ? undefined : pick(up, faults.lot(lot));
  };
  const queues = createQueues(
    ground,
    (batch) => decide(ground, process, batch),
    (message, error) => dead.keep(message, error),
  );
  const { send } = queues;
  const dead = createDead(send);
  const workers = createMemoryWorkerRegistry();
  const services = createDependencies(ground);
  const needed = dependenciesOf(scenario.jobs);
  const fleet = createFleet({
    ...{ ground, registry: workers, send, workers: scenario.workers },
    script: (work) => {
      const isDown = services.isDown(needed(work.jobId, work.nodeId));
      return scriptOf(faults, work, { isDown, elapsedMs: ground.time.now() - START });
    },
  });
  const workflow = createWorkflow({ ground, graphOf, send });
  const ports = createPorts(ground, { workflow, dispatcher: fleet, letterBox: dead.letterBox, queues });
  const shared = {
    ...base,
    alteration,
    ports,
    outages: createOutages(ground, scenario.failing),
    seed: scenario.seed,
  };
  for (let i = 1; i <= scenario.processes; i++) processes.push(createProcess({ ...shared, id: `p${i}` }));
  const relay = createRelay(ground, { journal, process });
  startSweeper(ground, { process, workers, sweeps: createMemorySweeps(), fleet });
  const { reconciler: pace } = scenario;
  const seen = { executions: workflow.sightings, workers: fleet.sightings };
  const reconciling = startReconciler(ground, { ...seen, journal, process, alteration, pace });
  return { queues, fleet, relay, processes, process, reconciling, dead };
}

/** What happens to the world from outside, until nothing goes wrong any more. */
function befall(
  { ground, journal }: Base,
  scenario: Scenario,
  { queues, fleet, asking, dead }: Parts & { readonly asking: Asking },
): void {
  const { time, faults, say } = ground;
  const deps = { ground, journal, scenario, fleet, letterBox: dead.letterBox, ask: asking.ask };
  startCommands(deps);
  const { maxRunningJobs } = scenario;
  asking.insist(
    { to: poolAt(POOL), message: { type: 'queueLimited', maxRunningJobs } },
    'limit of the queue',
  );
  const { looksEveryMs } = scenario;
  if (looksEveryMs !== undefined)
    startLooking(ground, { scenario, look: asking.look, everyMs: looksEveryMs });
  startPoison(ground, { scenario, send: queues.send });
  for (const job of scenario.jobs) {
    time.setTimer(() => asking.insist(submissionOf(job), `submit ${job.jobId}`), job.submitAt - START);
  }
  time.setTimer(() => {
    say('world', () => 'nothing goes wrong any more');
    faults.end();
    fleet.mend();
    clearUp({ ...deps, ask: asking.insist }, 'first');
  }, scenario.calmAt - START);
  // What was asked for before may have come through only now.
  time.setTimer(
    () => clearUp({ ...deps, ask: asking.insist }, 'again'),
    scenario.calmAt - START + AFTERMATH_MS,
  );
}

/** Somebody looks at one of the jobs that there are, again and again. */
function startLooking(
  ground: Ground,
  { scenario, look, everyMs }: { scenario: Scenario; look: Asking['look']; everyMs: number },
): void {
  const { time, faults } = ground;
  every(ground, everyMs, (nth) => {
    const known = scenario.jobs.filter(({ submitAt }) => submitAt + everyMs < time.now());
    if (known.length === 0 || faults.isOver()) return;
    look(jobAt(pick(known, faults.lot(`looks at ${nth}`)).jobId), `look ${nth}`);
  });
}

function submissionOf({ jobId, hash, owner, priority, jobType, deadlineAt }: PlannedJob) {
  const what = { graphHash: hash, owner, priority, pool: POOL, ...present({ jobType, deadlineAt }) };
  return { to: jobAt(jobId), message: { type: 'submit' as const, ...what } };
}

/** Whether nothing is left to do: looked at now and then, as it takes a while. */
function restOf(
  { jobs, calmAt, reconciler }: Scenario,
  { ground, journal }: Base,
  { queues, relay, asking, reconciling, processes }: Parts & { readonly asking: Asking },
): () => boolean {
  const { time } = ground;
  let lookAt = calmAt + AFTERMATH_MS + LOOK_MS;
  const isOver = (jobId: string) => {
    const events = journal.streams.get(streamOf(jobAt(jobId))) ?? [];
    return isOverBy(events as readonly JobEvent[]);
  };
  const isLost = () => ground.faults.struck.some(({ kind }) => LOSING.has(kind));
  return () => {
    if (time.now() < lookAt) return false;
    lookAt = time.now() + LOOK_MS;
    if (queues.size() > 0 || relay.open() > 0 || asking.open() > 0) return false;
    // What is under way when time stands still would never end.
    if (!processes.every((each) => each.isIdle())) return false;
    if (!jobs.every(({ jobId }) => isOver(jobId))) return false;
    // What got lost for good, nobody but the reconciler knows of.
    return !isLost() || reconciling.foundNothingAt() > grownAt(journal) + reconciler.graceMs + LOOK_MS;
  };
}

/** Faults after which something may be amiss that no message says. */
const LOSING: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'lostMessage',
  'lostCall',
  'workflowEnd',
  'zombie',
  'lostReport',
]);

/** What a pool notes every five minutes of a dependency that is not well, and the dependency of it, whatever else goes on. */
const PERIODIC: ReadonlySet<string> = new Set(['queue.dependencyWatched', 'dependency.watched']);

/** When the latest event was appended that says something new. */
function grownAt({ streams }: MemoryJournalStore): number {
  const latest = (events: readonly Recorded[]) => events.findLast(({ type }) => !PERIODIC.has(type));
  return Math.max(0, ...[...streams.values()].map((events) => latest(events)?.at ?? 0));
}

/** Finds a graph of a world by its hash. */
function finder(jobs: readonly PlannedJob[]): (hash: string) => Graph {
  const known = new Map(jobs.map(({ hash, graph }) => [hash, graph]));
  return (hash) => {
    const graph = known.get(hash);
    if (!graph) throw new RepriseError('GRAPH_NOT_FOUND', `no graph ${hash} in this world`);
    return graph;
  };
}

/** The dependencies that a node names, an item those of its node. */
function dependenciesOf(jobs: readonly PlannedJob[]) {
  const graphs = new Map(jobs.map(({ jobId, graph }) => [jobId, graph]));
  return (jobId: string, nodeId: string) => {
    const [id] = nodeId.split('-');
    return graphs.get(jobId)?.nodes.find((node) => node.id === id)?.dependencies;
  };
}
