import {
  type DurationHistory,
  type DurationSources,
  durationSources,
  NO_HISTORY,
  withLearnedDurations,
} from '../history/durations';
import type { StateMachineDefinition } from './emit/asl';
import type { MachineForm } from './emit/forms';
import { emitMachines, type Machine } from './emit/machine';
import { partition } from './emit/partition';
import { type MachineLimits, STEP_FUNCTIONS_LIMITS, WARNING_SHARE } from './emit/quotas';
import { runnerMachine } from './emit/runner';
import type { Graph } from './graph';
import { type GraphIndex, indexGraph } from './graph-index';
import { canonicalGraph, canonicalHash } from './hash';
import { ancestryOf, isImplied } from './plan/ancestry';
import { withinBudget } from './plan/budget';
import { limitNesting } from './plan/nesting';
import { residualNeeds } from './plan/residual';
import { type Reduction, reduce } from './plan/resolve';
import type { Structure } from './plan/structure';
import { structureOf } from './plan/structuring';
import { listSchedule, timing } from './predict/analyse';
import { type Bill, billOf } from './predict/bill';
import { PRICES, type Prices } from './predict/prices';
import { type Width, widthOf } from './predict/width';

export interface CompileOptions {
  /** Workers that the predicted makespan assumes. */
  readonly workers?: number;
  readonly limits?: MachineLimits;
  /** `compact` leaves all of the order to the scheduler: one state, whatever the graph. */
  readonly machines?: MachineForm;
  readonly prices?: Prices;
  /** Durations to expect where the graph gives none. They change times, never the graph's hash or its machines. */
  readonly history?: DurationHistory;
}

/** What the compiled graph will take. Times assume that every node succeeds at once, in its expected duration. */
export interface Certificate extends Bill {
  readonly criticalPathSeconds: number;
  /** With `workers`, by list scheduling. */
  readonly predictedMakespanSeconds: number;
  readonly workers: number;
  /** The most nodes that no order separates; see `widthMethod`. */
  readonly maxWidth: number;
  readonly widthMethod: Width['method'];
  /** States entered by a run in which every node succeeds, over all machines. */
  readonly stateTransitions: number;
  /** Events in the longest history that one execution can have, retried calls aside. */
  readonly historyEvents: number;
  /** Bytes of the largest definition, with the longest queue URL and ARNs put in. */
  readonly definitionBytes: number;
  /** Of the costs. */
  readonly prices: Prices;
  readonly stateMachines: number;
  /** Share of the graph's edges that the state machines enforce by themselves, 0 to 1. */
  readonly structuralShare: number;
  readonly residualEdges: number;
  /** Where the durations behind the times come from. */
  readonly durations: DurationSources;
}

export interface Compilation {
  readonly graph: {
    readonly name: string;
    readonly hash: string;
    readonly nodes: number;
    readonly edges: number;
  };
  readonly certificate: Certificate;
  /** The first is `root`. */
  readonly machines: readonly { readonly name: string; readonly definition: StateMachineDefinition }[];
  /** Per node that has any: the needs that the machines do not express and the scheduler enforces. */
  readonly residual: Readonly<Record<string, readonly string[]>>;
  /** Per node that has any: what its command is given, as JSONata by the names of variables. */
  readonly with: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Per secret that the graph names: how many nodes get it. A worker has to have all that its nodes name. */
  readonly secrets: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

const DEFAULT_WORKERS = 50;

/** Levels of JSON that a Parallel adds around what is inside it, and those around all of it. */
const LEVELS = { perParallel: 4, around: 10 } as const;

/**
 * Compiles a graph to state machines plus residual dependencies, which together enforce the order of the graph:
 * no pair less, no pair more. The same graph gives the same result, whatever order its nodes are in.
 * Dominated by O(edges * nodes / 32) for the closure.
 * @throws RepriseError GRAPH_CYCLE, GRAPH_UNKNOWN_DEPENDENCY for a graph that was not validated; GRAPH_TOO_LARGE.
 */
export function compile(graph: Graph, options: CompileOptions = {}): Compilation {
  const {
    workers = DEFAULT_WORKERS,
    limits = STEP_FUNCTIONS_LIMITS,
    history = NO_HISTORY,
    prices = PRICES,
    machines: form = 'per-node',
  } = options;
  const canonical = canonicalGraph(graph);
  const hash = canonicalHash(canonical);
  const index = indexGraph(withLearnedDurations(canonical, history), hash);
  const ids = index.graph.nodes.map((node) => node.id);
  const reduction = reduce(index);
  const deepest = Math.floor((limits.nesting - LEVELS.around) / LEVELS.perParallel);
  const { needs } = reduction;
  const whole = limitNesting(structureOf(needs), deepest, needs);
  const { machines, residual, isImplied } =
    form === 'compact'
      ? compact(needs)
      : perNode(limitNesting(withinBudget(whole, needs), deepest, needs), needs, (structure) =>
          emitMachines(partition(structure, ids, limits), ids, `${graph.name} ${hash.slice(0, 12)}`),
        );
  const residualEdges = edgesOf(residual);
  const edges = edgesOf(index.needs);
  const structural = edgesOf(index.needs.map((list, node) => list.filter((need) => isImplied(need, node))));
  const certificate: Certificate = {
    ...times(index, workers),
    ...widthFields(widthOf(index, reduction, whole)),
    ...totals(machines, ids.length, { form, prices }),
    structuralShare: edges === 0 ? 1 : structural / edges,
    residualEdges,
    durations: durationSources(graph, history),
  };
  return {
    graph: { name: graph.name, hash, nodes: ids.length, edges },
    certificate,
    machines: machines.map(({ name, definition }) => ({ name, definition })),
    residual: residualById(residual, ids),
    with: variablesOf(canonical),
    secrets: secretsOf(canonical),
    warnings: warningsOf(machines, limits),
  };
}

/** What enforces the order of a graph. */
interface Enforced {
  readonly machines: readonly Machine[];
  readonly residual: readonly (readonly number[])[];
  /** Whether the machines put one node before another. */
  readonly isImplied: (first: number, second: number) => boolean;
}

function perNode(
  structure: Structure,
  needs: Reduction['needs'],
  emit: (structure: Structure) => readonly Machine[],
): Enforced {
  const ancestry = ancestryOf(structure, needs.length);
  return {
    machines: emit(structure),
    residual: residualNeeds(structure, needs, ancestry),
    isImplied: (first, second) => isImplied(ancestry, first, second),
  };
}

function compact(needs: Reduction['needs']): Enforced {
  return { machines: [runnerMachine()], residual: needs, isImplied: () => false };
}

const edgesOf = (lists: readonly (readonly number[])[]): number =>
  lists.reduce((sum, { length }) => sum + length, 0);

function times(index: GraphIndex, workers: number) {
  return {
    criticalPathSeconds: timing(index).criticalPathMs / 1_000,
    predictedMakespanSeconds: listSchedule(index, workers).makespanMs / 1_000,
    workers,
  };
}

function widthFields({ nodes, method }: Width) {
  return { maxWidth: nodes, widthMethod: method };
}

function totals(
  machines: readonly Machine[],
  nodes: number,
  { form, prices }: { readonly form: MachineForm; readonly prices: Prices },
) {
  const stateTransitions = machines.reduce((sum, machine) => sum + machine.stateTransitions, 0);
  return {
    stateTransitions,
    historyEvents: Math.max(...machines.map((machine) => machine.historyEvents)),
    definitionBytes: Math.max(...machines.map((machine) => machine.definitionBytes)),
    ...billOf({ nodes, transitions: stateTransitions, form }, prices),
    prices,
    stateMachines: machines.length,
  };
}

function residualById(
  residual: readonly (readonly number[])[],
  ids: readonly string[],
): Record<string, string[]> {
  const byId = Object.create(null) as Record<string, string[]>;
  residual.forEach((list, node) => {
    if (list.length > 0) byId[ids[node]!] = list.map((need) => ids[need]!);
  });
  return byId;
}

function variablesOf({ nodes }: Graph): Compilation['with'] {
  const byId = Object.create(null) as Record<string, Readonly<Record<string, string>>>;
  for (const node of nodes) if (node.with) byId[node.id] = node.with;
  return byId;
}

function secretsOf({ nodes }: Graph): Record<string, number> {
  const counts = Object.create(null) as Record<string, number>;
  for (const name of nodes.flatMap(({ work }) => work.secrets ?? []).sort())
    counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** A graph that fills several machines was split already, and fills them on purpose. */
function warningsOf(machines: readonly Machine[], limits: MachineLimits): string[] {
  if (machines.length > 1)
    return [`the graph is split over ${machines.length} state machines, to keep each inside its quotas`];
  return machines.flatMap(({ name, definitionBytes, historyEvents }) => [
    ...nearQuota(name, 'bytes of definition', definitionBytes, limits.definitionBytes),
    ...nearQuota(name, 'history events', historyEvents, limits.historyEvents),
  ]);
}

function nearQuota(machine: string, what: string, used: number, limit: number): string[] {
  if (used < limit * WARNING_SHARE) return [];
  return [`${machine} takes ${used} of ${limit} ${what} (${Math.round((used / limit) * 100)} %)`];
}
