import type { GraphIndex } from '../graph-index';
import { durationOf, timing } from './analyse';
import { type Simulation, type Simulator, simulatorOf } from './simulate';
import { type Fleet, slotsOf } from './simulate-fleet';

/** How a graph goes over a fleet, and the ranks that make it go so. */
export interface SchedulePlan {
  /** The run with `rank`. */
  readonly simulation: Simulation;
  /**
   * The graph's upward ranks, milliseconds, dealt out anew: a pool that orders by rank follows this plan. As they
   * are the same numbers, they compare with the ranks of other jobs as the graph's own do.
   */
  readonly rank: readonly number[];
  /** The run with the graph's own upward ranks. */
  readonly byUpwardRank: Simulation;
  readonly lowerBoundMs: number;
}

/** Bounds of the search: nodes started over all its runs, a fraction of a second; and runs. */
const BUDGET = { nodes: 120_000, runs: 300 } as const;
/** How far, as a share of it, a rank is moved in search of a better order: a little and a lot, in turn. */
const SPREADS = [0.1, 0.6] as const;

/** Slot-milliseconds of all nodes. */
export function workMs(index: GraphIndex): number {
  return index.graph.nodes.reduce((sum, { slots }, node) => sum + slots * durationOf(index, node), 0);
}

/** No run is quicker: the longest path, or all slots busy all the time. Milliseconds. */
export function lowerBoundMs(index: GraphIndex, fleet: Fleet): number {
  return Math.max(timing(index).criticalPathMs, workMs(index) / slotsOf(fleet));
}

/**
 * Upward ranks (HEFT: Topcuoglu et al., IEEE TPDS 13(3), 2002), and better orders where a short search finds one:
 * ranks that count the work a node unlocks, ranks moved a little, each improved by going over the schedule backward
 * and forward again (Li and Willis, EJOR 56(3), 1992). Every order is run as the pool would; the best one stands,
 * and it is never worse than upward ranks. Deterministic.
 * @throws RepriseError NODE_UNSCHEDULABLE
 */
export function planSchedule(index: GraphIndex, fleet: Fleet): SchedulePlan {
  const forward = simulatorOf(index, fleet);
  const byUpwardRank = forward(index.rank);
  const bound = lowerBoundMs(index, fleet);
  const plain = { simulation: byUpwardRank, rank: index.rank, byUpwardRank, lowerBoundMs: bound };
  if (byUpwardRank.makespanMs <= bound) return plain;
  const best = search({ index, fleet, forward, bound }, byUpwardRank);
  if (best === byUpwardRank) return plain;
  const rank = dealRanks(index.rank, best.startMs);
  const simulation = forward(rank);
  return simulation.makespanMs < byUpwardRank.makespanMs ? { ...plain, simulation, rank } : plain;
}

interface Search {
  readonly index: GraphIndex;
  readonly fleet: Fleet;
  readonly forward: Simulator;
  readonly bound: number;
}

function search({ index, fleet, forward, bound }: Search, first: Simulation): Simulation {
  const backward = simulatorOf(reversed(index), fleet);
  let runs = Math.min(BUDGET.runs, Math.floor(BUDGET.nodes / index.order.length));
  let best = first;
  const isOver = () => runs <= 0 || best.makespanMs <= bound;
  const improve = (start: Simulation) => {
    for (let current = start; ; ) {
      if (current.makespanMs < best.makespanMs) best = current;
      if (isOver()) return;
      // Last to end, first to go in the mirrored graph; what that makes of it gives the order for the next run.
      const next = forward(backward(current.endMs).endMs);
      runs -= 2;
      if (next.makespanMs >= current.makespanMs) return;
      current = next;
    }
  };
  improve(first);
  for (let round = 0; !isOver(); round++) {
    runs -= 1;
    const base = round === 0 ? unlockingRank(index, slotsOf(fleet)) : index.rank;
    improve(forward(round === 0 ? base : base.map((rank, node) => rank * moved(node, round))));
  }
  return best;
}

/** The same graph with every edge turned round. */
function reversed(index: GraphIndex): GraphIndex {
  return {
    ...index,
    needs: index.dependents,
    dependents: index.needs,
    order: [...index.order].reverse(),
  };
}

/** Upward rank plus the time the fleet takes for the work behind a node, shared among the nodes that unlock it. */
function unlockingRank(index: GraphIndex, slots: number): number[] {
  const { order, needs, dependents, rank, graph } = index;
  const behind = new Float64Array(order.length);
  for (let k = order.length - 1; k >= 0; k--) {
    const node = order[k]!;
    for (const next of dependents[node]!) {
      const work = behind[next]! + durationOf(index, next) * graph.nodes[next]!.slots;
      behind[node] = behind[node]! + work / needs[next]!.length;
    }
  }
  return rank.map((path, node) => path + behind[node]! / slots);
}

/** A factor about 1, scattered evenly within the round's spread, always the same (the finaliser of mulberry32). */
function moved(node: number, round: number): number {
  let hash = Math.imul(round, 0x9e3779b1) + Math.imul(node + 1, 0x6d2b79f5);
  hash = Math.imul(hash ^ (hash >>> 15), 1 | hash);
  hash = (hash + Math.imul(hash ^ (hash >>> 7), 61 | hash)) ^ hash;
  const spread = SPREADS[round % SPREADS.length]!;
  return 1 - spread + (2 * spread * ((hash ^ (hash >>> 14)) >>> 0)) / 2 ** 32;
}

/** The ranks in the order in which nodes start, the largest first; equal ones are told apart below a microsecond. */
function dealRanks(ranks: readonly number[], startMs: Float64Array): number[] {
  const byStart = ranks.map((_, node) => node);
  byStart.sort((a, b) => startMs[a]! - startMs[b]! || ranks[b]! - ranks[a]! || a - b);
  const falling = [...ranks].sort((a, b) => b - a);
  const dealt = new Array<number>(ranks.length);
  byStart.forEach((node, place) => {
    dealt[node] = falling[place]! + (ranks.length - place) * 1e-9;
  });
  return dealt;
}
