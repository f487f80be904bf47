import type { Demands, Fleet } from './simulate-fleet';

/** The free slots of a fleet. Workers are numbered through the kinds, in the order of the fleet. */
export interface Capacity {
  /**
   * Takes the slots of a demand as the pool does: on a worker of the least surplus that has them, the one with most free;
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
      for (const group of demands.kinds[demand]!) {
        let most = slots - 1;
        let from: number[] | undefined;
        let isBusy = false;
        for (const kind of group) {
          const byFree = shelves[kind]!;
          const whole = byFree.length - 1;
          let left = whole;
          while (left >= most && left > 0 && byFree[left]!.length === 0) left--;
          // Among equals one that runs something of the job already.
          if (left > most || (left === most && from && !isBusy && left < whole)) {
            most = left;
            from = byFree[left];
            isBusy = left < whole;
          }
        }
        const worker = from?.[from.length - 1];
        if (worker === undefined) continue;
        change(worker, -slots);
        return worker;
      }
      return undefined;
    },
    giveBack: (demand, worker) => change(worker, demands.slots[demand]!),
  };
}
