/** Does work for a stream in its turn. */
export type InTurn = <T>(stream: string, work: () => Promise<T>) => Promise<T>;

/**
 * Does work for a stream after what was asked for it before, whether that failed or not: a fold is changed in place, so
 * two that work on it at the same time would each see half of what the other does.
 */
export function createTurns(): InTurn {
  const tails = new Map<string, Promise<unknown>>();
  return (stream, work) => {
    const before = tails.get(stream);
    const result = before ? before.then(work) : work();
    const leave = (): void => {
      if (tails.get(stream) === tail) tails.delete(stream);
    };
    const tail = result.then(leave, leave);
    tails.set(stream, tail);
    return result;
  };
}
