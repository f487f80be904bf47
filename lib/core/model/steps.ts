/** A long computation that may be left after each of its steps, which take less than a millisecond, and gone on with later. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Does computations step by step and lets others have the process in between. */
export type Compute = <Result>(steps: Steps<Result>) => Promise<Result>;

export interface ComputeOptions {
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** Resolves when what else waits for the process has had its turn. */
  readonly pause: () => Promise<void>;
  /** For how long all computations together keep the process, milliseconds. */
  readonly sliceMs: number;
}

/** Computations under way take turns: a long one does not keep a short one waiting until it is done. */
export function createCompute({ now, pause, sliceMs }: ComputeOptions): Compute {
  /** Each goes on for a slice, and answers whether it is done. */
  const waiting: (() => boolean)[] = [];
  let isBusy = false;

  async function work(): Promise<void> {
    isBusy = true;
    for (let goOn = waiting.shift(); goOn; goOn = waiting.shift()) {
      if (!goOn()) waiting.push(goOn);
      await pause();
    }
    isBusy = false;
  }

  return (steps) =>
    new Promise((resolve, reject) => {
      waiting.push(() => {
        try {
          const until = now() + sliceMs;
          let step = steps.next();
          while (!step.done && now() < until) step = steps.next();
          if (step.done) resolve(step.value);
          return step.done === true;
        } catch (error) {
          reject(error);
          return true;
        }
      });
      if (!isBusy) void work();
    });
}
