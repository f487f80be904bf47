import type { JobEngine } from '../../lib/core/engine/jobs';

/** Jobs after which a process starts over with an empty memory. */
const MAX_JOBS = 200;

/**
 * An engine keeps every job it has seen. A function's process may live for hours and see thousands: past a number of
 * them the engine is made anew, and reloads what it still needs.
 */
export function bounded(create: () => JobEngine): JobEngine {
  let engine = create();
  let seen = new Set<string>();

  function of(jobId: string): JobEngine {
    if (!seen.has(jobId) && seen.size >= MAX_JOBS) {
      engine = create();
      seen = new Set();
    }
    seen.add(jobId);
    return engine;
  }

  return {
    handle: (jobId, messages) => of(jobId).handle(jobId, messages),
    view: (jobId) => of(jobId).view(jobId),
    effectsOf: (jobId, events) => of(jobId).effectsOf(jobId, events),
    outstanding: (jobId) => of(jobId).outstanding(jobId),
    forget: (jobId) => of(jobId).forget(jobId),
  };
}
