import { realTimer } from '../adapters/system';
import type { SetTimer } from '../core/model/time';

export interface TurnsOptions {
  /** Between the end of a turn and the next one, milliseconds. */
  readonly everyMs: number;
  readonly setTimer?: SetTimer | undefined;
  /** What a turn that fails is called where somebody is told of it. */
  readonly called: string;
  readonly warn: (message: string) => void;
}

/**
 * Does something again and again, one turn after the other; one that fails is told, and the next one comes all the same.
 * @returns ends it, and resolves when the turn under way is over.
 */
export function turns(turn: () => Promise<unknown>, options: TurnsOptions): () => Promise<void> {
  const { everyMs, setTimer = realTimer, called, warn } = options;
  let isEnded = false;
  let cancel: () => void = () => undefined;
  let underWay: Promise<void> = Promise.resolve();

  function next(): void {
    cancel = setTimer(() => {
      underWay = turn()
        .catch((error: unknown) => {
          if (!isEnded) warn(`${called} failed: ${error instanceof Error ? error.message : error}`);
        })
        .then(() => {
          if (!isEnded) next();
        });
    }, everyMs);
  }

  next();
  return async () => {
    isEnded = true;
    cancel();
    await underWay;
  };
}
