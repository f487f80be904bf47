import { realTimer } from '../adapters/system';
import { reviewPool } from '../core/engine/capacity-review';
import type { Clock, SetTimer } from '../core/model/time';
import type { ServedEngine } from './engine';

export interface CapacityReviewLoopDeps {
  readonly engine: Pick<ServedEngine, 'loads' | 'streams'>;
  readonly clock: Clock;
  readonly setTimer?: SetTimer | undefined;
  readonly warn: (message: string) => void;
}

/** Between two looks, in milliseconds. */
const EVERY_MS = 15 * 60_000;
/** The one pool of a machine. */
const POOL = 'default';

/**
 * Tells the pool how it stands with its capacity, again and again. What it is warned of lives as long as this process.
 * @returns ends it, and resolves when the look under way is over.
 */
export function reviewAgainAndAgain({
  engine,
  clock,
  warn,
  ...deps
}: CapacityReviewLoopDeps): () => Promise<void> {
  const { setTimer = realTimer } = deps;
  let isEnded = false;
  let cancel: () => void = () => undefined;
  let underWay: Promise<unknown> = Promise.resolve();

  function next(): void {
    cancel = setTimer(() => {
      underWay = reviewPool(engine, POOL, clock())
        .catch((error: unknown) => {
          if (!isEnded)
            warn(`a review of the capacity failed: ${error instanceof Error ? error.message : error}`);
        })
        .then(() => {
          if (!isEnded) next();
        });
    }, EVERY_MS);
  }

  next();
  return async () => {
    isEnded = true;
    cancel();
    await underWay;
  };
}
