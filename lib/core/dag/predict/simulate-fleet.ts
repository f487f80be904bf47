import { RepriseError } from '../../errors';
import { fits, surplus } from '../../scheduler/fit';
import type { GraphNode } from '../graph';

/** Workers that are alike. */
export interface WorkerKind {
  /** `*` takes work of any label. */
  readonly labels: '*' | readonly string[];
  readonly slots: number;
  /** How many there are. */
  readonly count: number;
}

/** At least one kind, each with at least one worker. Of workers that fit alike, those listed first go first. */
export type Fleet = readonly WorkerKind[];

/** What `--workers N` means to a simulation: workers of one slot that take work of any label. */
export function uniformFleet(workers: number): Fleet {
  return [{ labels: '*', slots: 1, count: workers }];
}

export function slotsOf(fleet: Fleet): number {
  return fleet.reduce((sum, { slots, count }) => sum + slots * count, 0);
}

/** What nodes ask of a worker: nodes of one demand are exchangeable to a scheduler. */
export interface Demands {
  /** Per node the number of its demand. */
  readonly of: Int32Array;
  readonly slots: readonly number[];
  /**
   * Per demand the kinds of workers that can take it, as indexes into the fleet, in groups of the same surplus (labels
   * that nobody asked for), the least first. Named resources and concurrency keys are not simulated.
   */
  readonly kinds: readonly (readonly (readonly number[])[])[];
}

/**
 * Sorts nodes by demand. O(nodes + demands * kinds).
 * @throws RepriseError NODE_UNSCHEDULABLE for the first node that no worker can take, however idle.
 */
export function demandsOf(nodes: readonly GraphNode[], fleet: Fleet): Demands {
  const numbers = new Map<string, number>();
  const slots: number[] = [];
  const kinds: number[][][] = [];
  const of = Int32Array.from(nodes, (node) => {
    const key = JSON.stringify([node.slots, ...[...node.labels].sort()]);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const demand = { slots: node.slots, labels: node.labels };
    const suitable = fleet.flatMap((kind, i) => (kind.count > 0 && fits(kind, demand) ? [i] : []));
    if (suitable.length === 0) throw unschedulable(node, fleet);
    slots.push(node.slots);
    kinds.push(bySurplus(suitable, (kind) => surplus(fleet[kind]!, demand)));
    numbers.set(key, slots.length - 1);
    return slots.length - 1;
  });
  return { of, slots, kinds };
}

function bySurplus(kinds: readonly number[], surplusOf: (kind: number) => number): number[][] {
  const groups = new Map<number, number[]>();
  for (const kind of kinds) groups.set(surplusOf(kind), [...(groups.get(surplusOf(kind)) ?? []), kind]);
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

function unschedulable(node: GraphNode, fleet: Fleet): RepriseError {
  const takesLabels = fleet.filter((kind) =>
    fits({ ...kind, slots: Number.POSITIVE_INFINITY }, { slots: 0, labels: node.labels }),
  );
  const largest = Math.max(...takesLabels.map((kind) => kind.slots));
  const why =
    takesLabels.length === 0
      ? `asks for the labels ${node.labels.join(', ')}, which no worker has together: add such workers`
      : `takes ${node.slots} slots, the largest worker for it has ${largest}: add larger workers or ask for fewer slots`;
  return new RepriseError('NODE_UNSCHEDULABLE', `node ${node.id} ${why}`, {
    context: { nodeId: node.id, labels: node.labels, slots: node.slots },
  });
}
