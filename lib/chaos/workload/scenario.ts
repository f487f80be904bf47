import type { Graph } from '../../core/dag/graph';
import { graphHash } from '../../core/dag/hash';
import type { Worker } from '../../core/messages/pool';
import { JOB_TYPES, type JobType } from '../../core/model/job-type';
import { present } from '../../core/model/present';
import { PRIORITIES, type Priority } from '../../core/model/priority';
import type { Random } from '../../core/model/time';
import { between, pick, seeded } from '../draw';
import { FAULT_KINDS, type FaultKind } from '../faults';
import { LABELS, randomGraph } from './graphs';

export interface PlannedJob {
  readonly jobId: string;
  readonly graph: Graph;
  readonly hash: string;
  readonly owner: string;
  readonly priority: Priority;
  readonly jobType?: JobType;
  /** Milliseconds of virtual time, as all times here. */
  readonly submitAt: number;
  readonly deadlineAt?: number;
}

/** A service that does not answer, from so long after each multiple of `everyMs` on. */
export interface Failing {
  readonly service: string;
  readonly everyMs: number;
  readonly forMs: number;
}

/** What is to be done, by whom, and what may go wrong. All of it follows from the seed. */
export interface Scenario {
  readonly seed: number;
  readonly jobs: readonly PlannedJob[];
  readonly workers: readonly Omit<Worker, 'registration'>[];
  /** Processes of the engine. */
  readonly processes: number;
  /** How often the reconciler compares, what counts as under way, and whether it asks everybody each time. */
  readonly reconciler: { readonly everyMs: number; readonly graceMs: number; readonly isThorough: boolean };
  /** Out for so long at a time, again and again: a service as `outages.ts` names it. */
  readonly failing?: Failing;
  /** Somebody looks at a job so often, milliseconds. */
  readonly looksEveryMs?: number;
  /** Jobs that run at once. */
  readonly maxRunningJobs: number;
  /** Times the usual chance, by kind. */
  readonly weights: Readonly<Partial<Record<FaultKind, number>>>;
  /** From then on nothing goes wrong any more. */
  readonly calmAt: number;
  /** What shrinking took out: `<jobId>/<nodeId>`. */
  readonly without: ReadonlySet<string>;
}

/** When everything begins: some time, as timestamps must not be near zero. */
export const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const OWNERS = ['ana', 'ben', 'cleo', 'dora'] as const;

/** As docs/reconciliation.md has it. */
const ON_AWS = { everyMs: 5 * MINUTE, graceMs: 3 * MINUTE, isThorough: false };
const ON_ONE_MACHINE = { everyMs: 30_000, graceMs: 20_000, isThorough: true };

export interface ScenarioOptions {
  readonly seed: number;
  readonly jobs: number;
  /** Faults that may strike; all where absent. */
  readonly faults?: readonly FaultKind[] | undefined;
}

export function createScenario({ seed, jobs, faults = FAULT_KINDS }: ScenarioOptions): Scenario {
  const random = seeded(seed);
  // All at once, or one by one.
  const span = random() < 0.3 ? 5_000 : MINUTE + Math.floor(6 * MINUTE * random());
  const graphs = Array.from({ length: Math.min(jobs, 12) }, (_, i) => {
    const graph = randomGraph(`g${i}`, random);
    return { graph, hash: graphHash(graph) };
  });
  // Fairness matters among those who are equally urgent.
  const isUniform = random() < 0.3;
  const planned = Array.from({ length: jobs }, (_, i): PlannedJob => {
    const job = plannedJob(i, pick(graphs, random()), span, random);
    return isUniform ? { ...job, priority: 'normal' } : job;
  });
  return {
    seed,
    jobs: planned,
    workers: workersOf(jobs, random),
    processes: between(2, 4, random()),
    reconciler: random() < 0.3 ? ON_ONE_MACHINE : ON_AWS,
    maxRunningJobs: random() < 0.4 ? between(1, Math.max(2, Math.ceil(jobs / 3)), random()) : 500,
    weights: swarm(faults, random),
    calmAt: START + span + between(2, 8, random()) * MINUTE,
    without: new Set(),
  };
}

function plannedJob(
  i: number,
  { graph, hash }: { readonly graph: Graph; readonly hash: string },
  span: number,
  random: Random,
): PlannedJob {
  const submitAt = START + 1_000 + Math.floor(span * random());
  return {
    ...{ jobId: `j${i + 1}`, graph, hash, submitAt },
    owner: pick(OWNERS, random() ** 2),
    priority: pick(PRIORITIES, random()),
    ...present({
      jobType: random() < 0.5 ? pick(JOB_TYPES, random()) : undefined,
      deadlineAt: random() < 0.06 ? submitAt + between(10, 300, random()) * 1_000 : undefined,
    }),
  };
}

/** Between them, workers take whatever a node may ask for. */
function workersOf(jobs: number, random: Random): Scenario['workers'] {
  const isScarce = random() < 0.4;
  const count = isScarce ? 2 + Math.floor(jobs / 25) : between(2, 5, random()) + Math.floor(jobs / 12);
  return Array.from({ length: count }, (_, i) => ({
    workerId: `w${i + 1}`,
    labels: i === 0 ? [...LABELS] : LABELS.filter(() => random() < 0.6),
    slots: i === 0 ? (isScarce ? 2 : 4) : between(1, isScarce ? 2 : 6, random()),
    ...(i === 0 || random() < 0.5 ? { resources: { licences: between(1, 3, random()) } } : {}),
    endpoint: `http://w${i + 1}:80`,
  }));
}

/**
 * Swarm testing: each run has some kinds of faults only, and some of them in plenty, as one kind can keep another from
 * ever mattering. (Groce et al., "Swarm Testing", ISSTA 2012.)
 */
function swarm(faults: readonly FaultKind[], random: Random): Scenario['weights'] {
  const isCalm = random() < 0.04;
  const kept = FAULT_KINDS.flatMap((kind) => {
    const [isKept, weight] = [random() < 0.7, pick([0.3, 1, 1, 3, 8], random())];
    return !isCalm && isKept && faults.includes(kind) ? [[kind, weight] as const] : [];
  });
  return Object.fromEntries(kept);
}

/** The scenario with fewer jobs, and fewer nodes in them. Nodes that needed one that is gone do not wait for it. */
export function without(scenario: Scenario, gone: ReadonlySet<string>): Scenario {
  const jobs = scenario.jobs.flatMap((job) => {
    if (gone.has(job.jobId)) return [];
    const isGone = (id: string) => gone.has(`${job.jobId}/${id}`);
    if (!job.graph.nodes.some(({ id }) => isGone(id))) return [job];
    const nodes = job.graph.nodes
      .filter(({ id }) => !isGone(id))
      .map(({ when, ...node }) => ({
        ...node,
        needs: node.needs.filter((need) => !isGone(need)),
        ...(when !== undefined && /^results/.test(when) ? {} : present({ when })),
      }));
    const graph = { ...job.graph, nodes };
    return nodes.length === 0 ? [] : [{ ...job, graph, hash: graphHash(graph) }];
  });
  return { ...scenario, jobs, without: gone };
}
