import type { AttemptReport } from '../messages/report';
import type { AttemptRef } from '../model/attempt';
import type { WorkflowEnding } from '../model/outcome';

/**
 * What the world says of itself, for whoever compares it with the journal. Nothing here changes anything, but for `stop`.
 * What cannot be asked now is not seen, which says nothing: no repair follows from it.
 */

/** How a run of a job's workflow stands. */
export type ExecutionSighting =
  /** `id` names it for `stop`. */
  | { readonly status: 'running'; readonly id: string }
  /** Nobody has begun it, or nothing of it is left. */
  | { readonly status: 'unstarted' }
  /** The engine stopped it. */
  | { readonly status: 'stopped' }
  | {
      readonly status: 'ended';
      readonly ending: WorkflowEnding | 'succeeded';
      readonly reason: string;
    };

/** A workflow that runs. */
export interface RunningExecution {
  readonly id: string;
  /** What it was started for; undefined where that is nothing of ours. */
  readonly jobId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** The workflows of a deployment, as what runs them sees them. */
export interface ExecutionSightings {
  /** @returns undefined where it cannot be asked now. */
  readonly of: (jobId: string, run: number) => Promise<ExecutionSighting | undefined>;
  /**
   * Those that run, page by page, and none that another one started.
   * @param turn counts the calls: what is too much for one is spread over several.
   * @param live jobs of which nobody has to hear.
   */
  readonly running: (turn: number, live: ReadonlySet<string>) => AsyncIterable<readonly RunningExecution[]>;
  /** Ends one that no job waits for. Does nothing where it has ended. */
  readonly stop: (id: string, reason: string) => Promise<void>;
}

/** `unknown` as in `AttemptStatus`. Without a report, the worker can only be asked to say it again. */
export type AttemptSighting =
  | { readonly status: 'unknown' | 'running' }
  | { readonly status: 'finished'; readonly report?: AttemptReport };

/** What a worker says when it is asked. */
export interface WorkerSighting {
  /** By `attemptKey`: what it was asked about. */
  readonly attempts: ReadonlyMap<string, AttemptSighting>;
  /** All that it runs, as far as it can say. */
  readonly running: readonly AttemptRef[];
}

/** What a pool has leased to a worker. */
export interface LeasedTo {
  /** Attempts. */
  readonly count: number;
  /** When the latest of them was granted, milliseconds since the epoch; 0 where there is none. */
  readonly latestAt: number;
}

/** What workers say, beside what they report. */
export interface WorkerSightings {
  /**
   * Those that need not be asked: they said by themselves, lately, that they run as much as the pool has leased to them.
   * @param leased by worker.
   */
  readonly trusted: (pool: string, leased: ReadonlyMap<string, LeasedTo>) => Promise<ReadonlySet<string>>;
  /**
   * Asks one worker about attempts, and what it runs.
   * @returns undefined where it does not answer.
   */
  readonly of: (
    worker: { readonly pool: string; readonly workerId: string },
    attempts: readonly AttemptRef[],
  ) => Promise<WorkerSighting | undefined>;
}
