import type { NodeAttempt } from '../model/attempt';
import type { RecoveryCause, RecoveryStrategy } from '../model/recovery';

interface Ev<T extends string, D extends object> {
  readonly type: T;
  readonly data: D;
}

/**
 * Events of the recoveries of a job. One is of a node, or of the workflow of the job where it has no `nodeId`. What is
 * initiated is completed or fails, unless its node is cancelled; one that meets another loss before it is over is initiated
 * again, under the same id.
 */
export type RecoveryEvent =
  | Ev<'recovery.initiated', RecoveryInitiated>
  | Ev<'recovery.completed', RecoveryCompleted>
  | Ev<'recovery.failed', RecoveryFailed>;

interface OfRecovery extends Partial<NodeAttempt> {
  /** The same in all events of a recovery; no other one of the job has it. */
  readonly recoveryId: string;
}

/** `attempt` is the one to come, of `park` the last one. */
export interface RecoveryInitiated extends OfRecovery {
  readonly cause: RecoveryCause;
  readonly strategy: RecoveryStrategy;
  /** The worker that lost the attempt: the next one is to be on another, or of `restart` on this one. */
  readonly workerId?: string;
  /** Of `restart`: until when the worker is waited for, milliseconds since the epoch. */
  readonly until?: number;
  /** Of `resume`: which run of the workflow begins; none where the order of the graph is left to the job. */
  readonly run?: number;
  readonly why: string;
}

export interface RecoveryCompleted extends OfRecovery {
  /** What it came to: a `restart` whose worker did not come back ends as `reassign`. */
  readonly strategy: RecoveryStrategy;
  readonly durationMs: number;
}

export interface RecoveryFailed extends OfRecovery {
  readonly cause: RecoveryCause;
  /** In the order in which they were tried first. */
  readonly tried: readonly RecoveryStrategy[];
  readonly why: string;
}

/** A recovery of a node that is not over. */
export interface OpenRecovery {
  readonly recoveryId: string;
  readonly cause: RecoveryCause;
  readonly strategy: RecoveryStrategy;
  /** When it was initiated first, milliseconds since the epoch. */
  readonly since: number;
  readonly workerId?: string;
  readonly until?: number;
}
