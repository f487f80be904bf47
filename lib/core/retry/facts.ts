import type { RetryEvidence } from '../history/evidence';
import type { Diagnosis, FailureClass } from '../model/failure';
import type { JobType } from '../model/job-type';
import type { ReadOnly } from '../model/read-only';
import type { Resources } from '../model/resources';
import type { RetryPlan, RetryPolicy } from '../model/retry-policy';
import type { TestId } from '../model/test-results';

/** All that the decision on a failed attempt depends on. Times are milliseconds since the epoch. */
export interface RetryFacts {
  readonly policy: RetryPolicy;
  readonly type: JobType;
  /** Absent where nobody classifies: as if the class were `unknown`. */
  readonly diagnosis?: Diagnosis | undefined;
  readonly evidence?: ReadOnly<RetryEvidence> | undefined;
  /** Failed attempts so far, this one included. */
  readonly failures: number;
  readonly at: number;
  /** When the first attempt could begin. */
  readonly since: number;
  /** How the attempt that failed was scheduled, if it was itself a retry. */
  readonly last?: RetryPlan | undefined;
  /** Where it ran. */
  readonly workerId?: string | undefined;
  /** What the node asks for by its graph, `slots` among them. */
  readonly resources: Resources;
  /** External dependencies that the node names. */
  readonly dependencies?: readonly string[] | undefined;
  /** The tests that failed, where that is known of all of them, and others passed. */
  readonly tests?: readonly TestId[] | undefined;
  /** How long the failure asks to be left alone, milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** The share of decisions that may try what is not known to be best; nothing is learned without it. */
  readonly explore?: number | undefined;
  /** Uniform in [0, 1). */
  readonly random: number;
}

export const classOf = ({ diagnosis }: Pick<RetryFacts, 'diagnosis'>): FailureClass =>
  diagnosis?.class ?? 'unknown';
