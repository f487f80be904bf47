import type { RetryEvidence } from '../history/evidence';
import type { JobMessage } from '../messages/job';
import type { Diagnosis } from '../model/failure';
import type { Judgement } from '../model/judgement';
import type { ReadOnly } from '../model/read-only';
import type { Change } from './resume-plan';

/** Asks the decider to draw the consequences that the state already implies; see `unsettled`. */
export interface Settle {
  readonly type: 'settle';
  /** Results by node id, for the nodes that `conditionsDue` listed. */
  readonly conditions: ReadonlyMap<string, Judgement>;
}

/** What the shell adds to a failed attempt, so that the decision stays pure. */
export interface Assessment {
  /** Why it failed. */
  readonly diagnosis?: Diagnosis;
  /** What earlier jobs say of it. */
  readonly evidence?: ReadOnly<RetryEvidence>;
  /** The share of retries that may try what is not known to be best; nothing is learned without it. */
  readonly explore?: number;
}

/** What the journal says of the attempt that a person speaks of; without it there was no such failure. */
type Recalled = Pick<Assessment, 'diagnosis'>;

/** What the shell adds to a resume over another graph; without it the graph is not known. */
interface Replanning {
  readonly change?: ReadOnly<Change>;
}

/** What the shell adds to a retry with edited parameters: what nodes are given that begin their next attempt at once. */
interface Regiven {
  readonly given?: ReadonlyMap<string, Judgement>;
}

type Assessed<M> = M extends { readonly type: 'attemptFailed' }
  ? M & Assessment
  : M extends { readonly type: 'reclassify' }
    ? M & Recalled
    : M extends { readonly type: 'resume' }
      ? M & Replanning
      : M extends { readonly type: 'retry' }
        ? M & Regiven
        : M;

/** `at`: milliseconds since the epoch. `random`: uniform in [0, 1). */
export type JobInput = (Assessed<JobMessage> | Settle) & { readonly at: number; readonly random: number };
