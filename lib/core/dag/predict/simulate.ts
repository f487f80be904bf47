import { heap } from '../../model/heap';
import type { GraphIndex } from '../graph-index';
import { durationOf } from './analyse';
import { lowestFirst } from './heap';
import { type Capacity, capacityOf } from './simulate-capacity';
import { type Demands, demandsOf, type Fleet } from './simulate-fleet';

/** A run in virtual time, by index of the graph: every node succeeds at once, in its expected duration. */
export interface Simulation {
  /** Milliseconds from the start of the run. */
  readonly startMs: Float64Array;
  readonly endMs: Float64Array;
  /** Workers are numbered through the kinds of the fleet. */
  readonly worker: Int32Array;
  readonly makespanMs: number;
}

/** Runs a graph once. @param priority larger goes first; then what became ready earlier, then the lower index. */
export type Simulator = (priority: ArrayLike<number>) => Simulation;

/**
 * What the pool does with a graph: whenever something ends, ready nodes go, best first, to the worker that fits
 * and has most slots free; what fits nowhere now is passed over. Work is never held back for better work to come,
 * so this is list scheduling (Graham 1969).
 * Event-driven; a run is O((nodes + edges) log nodes + nodes * demands * kinds).
 * @throws RepriseError NODE_UNSCHEDULABLE
 */
export function simulatorOf(index: GraphIndex, fleet: Fleet): Simulator {
  const demands = demandsOf(index.graph.nodes, fleet);
  const durations = Float64Array.from(index.graph.nodes, (_, node) => durationOf(index, node));
  return (priority) => run({ index, demands, durations, capacity: capacityOf(fleet, demands) }, priority);
}

interface Setting {
  readonly index: GraphIndex;
  readonly demands: Demands;
  readonly durations: Float64Array;
  readonly capacity: Capacity;
}

function run({ index, demands, durations, capacity }: Setting, priority: ArrayLike<number>): Simulation {
  const { order, needs, dependents } = index;
  const left = Int32Array.from(needs, (list) => list.length);
  const startMs = new Float64Array(order.length);
  const endMs = new Float64Array(order.length);
  const worker = new Int32Array(order.length).fill(-1);
  const running = lowestFirst(endMs);
  const queue = readyQueue(demands, priority);
  for (const node of order) if (left[node] === 0) queue.add(node, 0);

  let now = 0;
  for (;;) {
    queue.assign(capacity, (node, on) => {
      worker[node] = on;
      startMs[node] = now;
      endMs[node] = now + durations[node]!;
      running.push(node);
    });
    let done = running.pop();
    if (done === undefined) return { startMs, endMs, worker, makespanMs: now };
    now = endMs[done]!;
    // What ends at the same instant ends together: the choice that follows knows all that became ready.
    for (; done !== undefined; done = running.pop()) {
      if (endMs[done]! > now) {
        running.push(done);
        break;
      }
      capacity.giveBack(demands.of[done]!, worker[done]!);
      for (const next of dependents[done]!) {
        left[next] = left[next]! - 1;
        if (left[next] === 0) queue.add(next, now);
      }
    }
  }
}

interface ReadyQueue {
  readonly add: (node: number, now: number) => void;
  /** Gives ready nodes, best first, to workers until none of them fits any more. */
  readonly assign: (capacity: Capacity, start: (node: number, worker: number) => void) => void;
}

/** Ready nodes, a heap for each demand: once a node finds no worker, no other node of its demand does. */
function readyQueue(demands: Demands, priority: ArrayLike<number>): ReadyQueue {
  const readyAt = new Float64Array(demands.of.length);
  const before = (a: number, b: number) =>
    priority[a]! > priority[b]! ||
    (priority[a] === priority[b] && (readyAt[a]! < readyAt[b]! || (readyAt[a] === readyAt[b] && a < b)));
  const waiting = demands.slots.map(() => heap(before));
  const heads = heap(before);
  return {
    add(node, now) {
      readyAt[node] = now;
      waiting[demands.of[node]!]!.push(node);
    },
    assign(capacity, start) {
      for (const ready of waiting) {
        const head = ready.pop();
        if (head !== undefined) heads.push(head);
      }
      for (let node = heads.pop(); node !== undefined; node = heads.pop()) {
        const demand = demands.of[node]!;
        const worker = capacity.take(demand);
        if (worker === undefined) {
          waiting[demand]!.push(node);
          continue;
        }
        start(node, worker);
        const next = waiting[demand]!.pop();
        if (next !== undefined) heads.push(next);
      }
    },
  };
}
