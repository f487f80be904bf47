import type { RetryEvidence } from '../history/evidence';
import type { FailedTests } from '../history/test-key';
import type { JobMessage } from '../messages/job';
import type { Diagnosis } from '../model/failure';
import type { Judgement } from '../model/judgement';

/** Asks the decider to draw the consequences that the state already implies; see `unsettled`. */
export interface Settle {
  readonly type: 'settle';
  /** Results by node id, for the nodes that `conditionsDue` listed. */
  readonly conditions: ReadonlyMap<string, Judgement>;
}

/** What the shell adds to a failed attempt, where it knows it, and to what a person says of one. */
export interface JobEvidence {
  readonly diagnosis?: Diagnosis;
  readonly evidence?: RetryEvidence;
  readonly tests?: FailedTests;
}

/** `at`: milliseconds since the epoch. `random`: uniform in [0, 1). */
export type JobInput = (JobMessage | Settle) & { readonly at: number; readonly random: number } & JobEvidence;
