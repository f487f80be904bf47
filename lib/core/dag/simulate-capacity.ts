import type { Demands, Fleet } from './simulate-fleet';

/** The free slots of a fleet. Workers are numbered through the kinds, in the order of the fleet. */
export interface Capacity {
  /**
   * Takes the slots of a demand on the worker that fits and has most of them free, the first of these kinds;
   * undefined, and nothing taken, when no worker has enough.
   */
  readonly take: (demand: number) => number | undefined;
  readonly giveBack: (demand: number, worker: number) => void;
}

/** Both operations are O(kinds * slots of a worker), whatever the number of workers. */
export function capacityOf(fleet: Fleet, demands: Demands): Capacity {
  const kindOf = fleet.flatMap(({ count }, kind) => new Array<number>(count).fill(kind));
  const free = Int32Array.from(kindOf, (kind) => fleet[kind]!.slots);
  // Per kind and number of free slots the workers, and per worker its place among those.
  const shelves = fleet.map(({ slots }) => Array.from({ length: slots + 1 }, (): number[] => []));
  const place = new Int32Array(kindOf.length);
  const put = (worker: number) => {
    const shelf = shelves[kindOf[worker]!]![free[worker]!]!;
    place[worker] = shelf.length;
    shelf.push(worker);
  };
  for (let worker = kindOf.length - 1; worker >= 0; worker--) put(worker);

  const change = (worker: number, slots: number) => {
    const shelf = shelves[kindOf[worker]!]![free[worker]!]!;
    const last = shelf.pop()!;
    if (last !== worker) {
      shelf[place[worker]!] = last;
      place[last] = place[worker]!;
    }
    free[worker] = free[worker]! + slots;
    put(worker);
  };

  return {
    take(demand) {
      const slots = demands.slots[demand]!;
      let most = slots - 1;
      let from: number[] | undefined;
      for (const kind of demands.kinds[demand]!) {
        const byFree = shelves[kind]!;
        let left = byFree.length - 1;
        while (left > most && byFree[left]!.length === 0) left--;
        if (left > most) {
          most = left;
          from = byFree[left];
        }
      }
      const worker = from?.[from.length - 1];
      if (worker !== undefined) change(worker, -slots);
      return worker;
    },
    giveBack: (demand, worker) => change(worker, demands.slots[demand]!),
  };
}
