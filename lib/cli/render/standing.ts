import type { JobEvent } from '../../core/job/events';
import type { Recorded } from '../../core/journal/envelope';
import type { Tally } from '../../core/projections/tally';

/** How far a job is. */
export interface Standing {
  readonly finished: number;
  readonly total: number;
  readonly failed: number;
  /** Ids of nodes. */
  readonly running: readonly string[];
  readonly isPaused: boolean;
  readonly elapsedMs: number;
}

/** Folds events into how far their job is. Takes events after the tally did. */
export interface StandingFold {
  readonly apply: (event: Recorded<JobEvent>) => void;
  /** @param now milliseconds since the epoch, by the clock of the events. */
  readonly standing: (now: number) => Standing;
}

/** @param nodes how many the graph has; items of fan-outs come on top. */
export function createStanding(tally: Tally, nodes: number, startedAt: number): StandingFold {
  const running = new Set<string>();
  let isPaused = false;
  return {
    apply({ type, data }) {
      const event = { type, data } as JobEvent;
      switch (event.type) {
        case 'attempt.started':
          running.add(event.data.nodeId);
          return;
        case 'attempt.succeeded':
        case 'attempt.failed':
        case 'attempt.lost':
        case 'node.completed':
          running.delete(event.data.nodeId);
          return;
        case 'job.paused':
        case 'job.unpaused':
          isPaused = event.type === 'job.paused';
          return;
        case 'job.completed':
          running.clear();
          return;
        default:
          return;
      }
    },
    standing: (now) => ({
      finished: tally.finished(),
      total: nodes + tally.items(),
      failed: [...tally.nodes.values()].filter(({ outcome }) => outcome === 'failed').length,
      running: [...running],
      isPaused,
      elapsedMs: now - startedAt,
    }),
  };
}
