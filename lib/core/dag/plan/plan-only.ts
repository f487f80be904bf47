import type { Graph } from '../graph';
import { indexGraph } from '../graph-index';
import { canonicalGraph } from '../hash';
import { limitNesting } from './nesting';
import { reduce } from './resolve';
import type { Structure } from './structure';
import { structureOf } from './structuring';

/** The part of a state machine that says what comes after what. */
export interface PlanState {
  readonly Type: 'Task' | 'Parallel';
  readonly Branches?: readonly PlanMachine[];
  readonly Next?: string;
  readonly End?: true;
}

export interface PlanMachine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, PlanState>>;
}

/** Levels of parallels inside each other; recursion over a plan is twice as deep at most. */
const DEEPEST = 200;

/**
 * The structure that `compile` finds for a graph, as one state machine, for who walks it in this process: without
 * definitions to deploy, the quotas and the bound of states that those keep, or a certificate. The order it does not express is that of
 * the needs, which the scheduler enforces.
 * @throws RepriseError GRAPH_CYCLE, GRAPH_UNKNOWN_DEPENDENCY for a graph that was not validated.
 */
export function planOf(graph: Graph): { machines: { name: string; definition: PlanMachine }[] } {
  // The hash of a graph is no part of its plan.
  const index = indexGraph(canonicalGraph(graph), '');
  const reduced = reduce(index).needs;
  const structure = limitNesting(structureOf(reduced), DEEPEST, reduced);
  return { machines: [{ name: 'root', definition: machineOf(structure, index.graph, { count: 0 }) }] };
}

function machineOf(structure: Structure, graph: Graph, parallels: { count: number }): PlanMachine {
  const parts = structure.kind === 'series' ? structure.parts : [structure];
  const named = parts.map((part) => ({ part, name: nameOf(part, graph, parallels) }));
  const States: Record<string, PlanState> = Object.create(null);
  named.forEach(({ part, name }, i) => {
    const next = named[i + 1]?.name;
    const way = next === undefined ? ({ End: true } as const) : { Next: next };
    States[name] =
      part.kind === 'parallel'
        ? {
            Type: 'Parallel',
            Branches: part.parts.map((inner) => machineOf(inner, graph, parallels)),
            ...way,
          }
        : { Type: 'Task', ...way };
  });
  return { StartAt: named[0]!.name, States };
}

/** The ids of nodes cannot hold a `#`. */
function nameOf(part: Structure, graph: Graph, parallels: { count: number }): string {
  if (part.kind === 'node') return graph.nodes[part.node]!.id;
  parallels.count += 1;
  return `parallel#${parallels.count}`;
}
