/** Does work when there is room for it, in the order in which it came. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** @param width how much may be under way at a time. */
export function createGate(width: number): Gate {
  const waiting: (() => void)[] = [];
  let free = width;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((enter) => void waiting.push(enter));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // Its room goes straight to the next, or somebody who comes now would be before it.
      if (next) next();
      else free += 1;
    }
  };
}
