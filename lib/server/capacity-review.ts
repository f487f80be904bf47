import { MACHINE_POOL } from '../adapters/embedded/runtime/runnable';
import { reviewPool } from '../core/engine/capacity-review';
import type { Clock, SetTimer } from '../core/model/time';
import type { ServedEngine } from './engine';
import { turns } from './turns';

export interface CapacityReviewLoopDeps {
  readonly engine: Pick<ServedEngine, 'loads' | 'streams'>;
  readonly clock: Clock;
  readonly setTimer?: SetTimer | undefined;
  readonly warn: (message: string) => void;
}

/** Between two looks, in milliseconds. */
const EVERY_MS = 15 * 60_000;

/**
 * Tells the pool how it stands with its capacity, again and again. What it is warned of lives as long as this process.
 * @returns ends it, and resolves when the look under way is over.
 */
export function reviewAgainAndAgain({ engine, clock, ...deps }: CapacityReviewLoopDeps): () => Promise<void> {
  const review = async () => reviewPool(engine, MACHINE_POOL, clock());
  return turns(review, { ...deps, everyMs: EVERY_MS, called: 'a review of the capacity' });
}
