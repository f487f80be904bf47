import type { Steps } from '../../lib/core/model/steps';

/** A long computation, all of it at once. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
