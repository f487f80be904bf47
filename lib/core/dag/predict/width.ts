import type { GraphIndex } from '../graph-index';
import { ancestryOf } from '../plan/ancestry';
import { type BitTriangle, hasBit } from '../plan/bits';
import { residualNeeds } from '../plan/residual';
import type { Reduction } from '../plan/resolve';
import type { Structure } from '../plan/structure';
import { listSchedule } from './analyse';

/** The most nodes that no order separates, and how sure that number is. */
export interface Width {
  readonly nodes: number;
  /** `exact`, or the most that a run without any bound on workers has running at once: the width is no less. */
  readonly method: 'exact' | 'lower bound';
}

/** Nodes up to which a width that the cheap bounds do not settle is computed exactly. */
const EXACT_UP_TO = 500;

/**
 * The width of a graph. The structure's own width is no less than it, and equal where the structure is the whole
 * order; the peak of an unbounded run is no more than it. Where these do not settle it: Dilworth's theorem, nodes
 * less a largest matching over the closure, on graphs that are small enough.
 */
export function widthOf(index: GraphIndex, reduction: Reduction, structure: Structure): Width {
  const high = structureWidth(structure, index.order.length);
  const isComplete = residualNeeds(structure, reduction.needs).every(({ length }) => length === 0);
  if (isComplete) return { nodes: high, method: 'exact' };
  const low = listSchedule(index, Number.POSITIVE_INFINITY).peak;
  if (low === high) return { nodes: low, method: 'exact' };
  if (index.order.length > EXACT_UP_TO) return { nodes: low, method: 'lower bound' };
  return { nodes: index.order.length - largestMatching(reduction.ancestors), method: 'exact' };
}

function structureWidth(structure: Structure, nodes: number): number {
  const { parts, parent } = ancestryOf(structure, nodes);
  const width = new Int32Array(parts.length);
  for (let at = parts.length - 1; at > 0; at--) {
    if (parts[at]!.kind === 'node') width[at] = 1;
    const outer = parent[at]!;
    const own = width[at]!;
    width[outer] = parts[outer]!.kind === 'parallel' ? width[outer]! + own : Math.max(width[outer]!, own);
  }
  return structure.kind === 'node' ? 1 : width[0]!;
}

/** Largest matching between nodes and their ancestors, by their places in the order, by breadth-first augmenting paths. O(nodes^3 / 32) or so. */
function largestMatching(ancestors: BitTriangle): number {
  const size = ancestors.size;
  const matchOf = new Int32Array(size).fill(-1);
  const matched = new Int32Array(size).fill(-1);
  let count = 0;
  for (let root = 0; root < size; root++) {
    const cameFrom = new Int32Array(size).fill(-1);
    const queue = [root];
    let free = -1;
    for (let head = 0; head < queue.length && free < 0; head++) {
      const node = queue[head]!;
      for (let ancestor = 0; ancestor < node; ancestor++) {
        if (cameFrom[ancestor] !== -1 || !hasBit(ancestors, node, ancestor)) continue;
        cameFrom[ancestor] = node;
        if (matched[ancestor] === -1) {
          free = ancestor;
          break;
        }
        queue.push(matched[ancestor]!);
      }
    }
    if (free < 0) continue;
    count++;
    while (free >= 0) {
      const node = cameFrom[free]!;
      const previous = matchOf[node]!;
      matchOf[node] = free;
      matched[free] = node;
      free = node === root ? -1 : previous;
    }
  }
  return count;
}
