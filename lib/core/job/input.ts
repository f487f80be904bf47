import type { JobMessage } from '../messages/job';
import type { Diagnosis } from '../model/failure';
import type { Judgement } from '../model/judgement';

/** Asks the decider to draw the consequences that the state already implies; see `unsettled`. */
export interface Settle {
  readonly type: 'settle';
  /** Results by node id, for the nodes that `conditionsDue` listed. */
  readonly conditions: ReadonlyMap<string, Judgement>;
}

/** `at`: milliseconds since the epoch. `random`: uniform in [0, 1). */
export type JobInput = (Exclude<JobMessage, Failed> | Diagnosed | Settle) & {
  readonly at: number;
  readonly random: number;
};

type Failed = Extract<JobMessage, { type: 'attemptFailed' }>;

/** With why it failed, where that was worked out. */
type Diagnosed = Failed & { readonly diagnosis?: Diagnosis };
