import type { FailurePolicy } from '../dag/graph';
import type { NodeAttempt } from '../model/attempt';
import type { EditedInput } from '../model/edited-input';
import type { Diagnosis, Failure, FailureClass } from '../model/failure';
import type { JobType } from '../model/job-type';
import type { Lineage } from '../model/lineage';
import type { JobOutcome, Outcome, WorkflowEnding } from '../model/outcome';
import type { Outputs } from '../model/outputs';
import type { Parameters } from '../model/parameters';
import type { Priority } from '../model/priority';
import type { LossCause } from '../model/recovery';
import type { RetryPlan } from '../model/retry-policy';
import type { TestSummary } from '../model/test-results';
import type { TraceParent } from '../model/trace';
import type { Given } from '../model/variable';
import type { RecoveryEvent } from './recovery-events';

interface Ev<T extends string, D extends object> {
  readonly type: T;
  readonly data: D;
}

export interface JobCancelRequested {
  readonly reason: string;
  /** The job ran out of its time, and so has failed. */
  readonly deadline?: true;
  /** What cleans up is ended too. */
  readonly force?: true;
}

/** Everything that can happen to a job. Adding one: docs in CONTRIBUTING.md. */
export type JobEvent =
  | Ev<'job.submitted', JobSubmitted>
  | Ev<'job.admitted', Record<string, never>>
  | Ev<'job.cancelRequested', JobCancelRequested>
  /** Nothing of the job is handed out any more; what runs goes on. */
  | Ev<'job.paused', { readonly reason: string }>
  | Ev<'job.unpaused', { readonly reason: string }>
  | Ev<'job.reprioritised', { readonly priority: Priority }>
  /** From now on this user may use the job as its owner does, but say with whom it is shared; `job.unshared` takes it back. */
  | Ev<'job.shared', { readonly user: string }>
  | Ev<'job.unshared', { readonly user: string }>
  /** The job goes on after its process died (`nodes` empty), or nodes of it run again. */
  | Ev<'job.resumed', JobResumed>
  /** An ended job goes on over another graph. */
  | Ev<'job.replanned', JobReplanned>
  /** A person asked for a retry that they, or the job, may not have. */
  | Ev<
      'job.retryRefused',
      {
        readonly reason: string;
        readonly why: string;
        readonly level?: number;
        readonly nodes?: readonly string[];
        /** The redrive of letters that asked for it. */
        readonly order?: string;
      }
    >
  | Ev<'job.completed', { readonly status: JobOutcome }>
  /** The workflow has reached every node at once: the order of the graph is left to the job. */
  | Ev<'job.entered', Record<string, never>>
  /**
   * The workflow has passed every node and waits with this task token to end as the job ends. `instead`: the token of the
   * execution that waited longest, where more wait than are kept; it waits no more.
   */
  | Ev<'job.outcomeAwaited', { readonly token: string; readonly instead?: string }>
  /** An execution of an earlier graph of the job has reached a node that the graph has no more. */
  | Ev<'job.nodeGone', { readonly node: string; readonly token: string }>
  /** The workflow ended by itself while the job runs: what it has not entered it never will. */
  | Ev<
      'job.workflowEnded',
      { readonly status: WorkflowEnding; readonly reason: string; readonly run?: number }
    >
  /**
   * The workflow has reached the node. `token` is the Step Functions task token that waits for its fate. `instead`: the one
   * that waited before, of another execution or of another try of the same; it waits no more.
   */
  | Ev<'node.entered', { readonly nodeId: string; readonly token?: string; readonly instead?: string }>
  /** A `forEach` was decided: one node an item, named by `itemId`. */
  | Ev<'node.expanded', { readonly nodeId: string; readonly items: readonly unknown[] }>
  /** `given`: what the variables under `with` came to, for this attempt and those after it. */
  | Ev<'node.ready', NodeAttempt & { readonly given?: Given }>
  /** `attempt` is the attempt to come, `dueAt` and `delayMs` milliseconds. */
  | Ev<'node.retryScheduled', NodeAttempt & RetryPlan & { readonly dueAt: number; readonly why: string }>
  | Ev<'node.completed', NodeCompleted>
  /** What its attempts run with from now on: in place of what was edited before. */
  | Ev<'node.edited', { readonly nodeId: string; readonly input: EditedInput }>
  /** A person says how a node that failed counts from now on. */
  | Ev<'node.overruled', NodeOverruled>
  | Ev<'attempt.started', NodeAttempt & { readonly workerId: string }>
  | Ev<'attempt.progressed', NodeAttempt & { readonly percentage: number; readonly message?: string }>
  | Ev<
      'attempt.succeeded',
      NodeAttempt & { readonly durationMs: number; readonly outputs: Outputs; readonly tests?: TestSummary }
    >
  | Ev<
      'attempt.failed',
      NodeAttempt & {
        readonly durationMs: number;
        readonly failure: Failure;
        readonly outputs?: Outputs;
        /** Why it failed, where that was worked out. */
        readonly diagnosis?: Diagnosis;
        /** What its reports say. */
        readonly tests?: TestSummary;
      }
    >
  /** The worker died or gave the attempt back. Spends nothing of the node's retry budget. */
  | Ev<
      'attempt.lost',
      NodeAttempt & { readonly reason: string; readonly cause?: LossCause; readonly workerId?: string }
    >
  /** A report of an attempt that was given up before; it changes nothing. */
  | Ev<'attempt.ignored', NodeAttempt & { readonly report: 'succeeded' | 'failed' }>
  | Ev<'attempt.cancelRequested', NodeAttempt & { readonly reason: string }>
  /** A person says what class the failure of an attempt is of; so are all of its signature from then on. */
  | Ev<'attempt.reclassified', AttemptReclassified>
  | RollbackEvent
  | RecoveryEvent;

export interface RollbackOrder {
  readonly reason: string;
  /** Sequence of an event of the journal: what was complete by then stays. */
  readonly to?: number;
  /** The redrive of letters that asks for it, which is about what could not be undone and about nothing else. */
  readonly order?: string;
}

/** What undoes what nodes did: docs/rollback.md. Attempts are numbered on from those of the node. */
export type RollbackEvent =
  /** A person wants the job rolled back; what runs of it comes to rest first. */
  | Ev<'rollback.requested', RollbackOrder>
  /** `nodes`: what is undone, in the reverse order of its completion. */
  | Ev<'rollback.started', RollbackOrder & { readonly nodes: readonly string[] }>
  | Ev<'rollback.stepReady', NodeAttempt>
  | Ev<'rollback.stepStarted', NodeAttempt & { readonly workerId: string }>
  | Ev<'rollback.stepSucceeded', NodeAttempt & { readonly durationMs: number }>
  | Ev<
      'rollback.stepFailed',
      NodeAttempt & { readonly durationMs: number; readonly failure: Failure; readonly diagnosis?: Diagnosis }
    >
  /** `attempt` is the attempt to come, `dueAt` and `delayMs` milliseconds. */
  | Ev<'rollback.stepScheduled', NodeAttempt & RetryPlan & { readonly dueAt: number; readonly why: string }>
  /** The worker died or gave the attempt back. Spends nothing of the step's retry budget. */
  | Ev<'rollback.stepLost', NodeAttempt & { readonly reason: string; readonly cause?: LossCause }>
  /** It is not tried again: what the node did stays, and a person has to look. `attempts` to undo it were made. */
  | Ev<'rollback.stepGivenUp', StepGivenUp>
  /** Every step is over. */
  | Ev<'rollback.completed', { readonly undone: readonly string[]; readonly parked: readonly string[] }>;
export type RollbackEventType = RollbackEvent['type'];

export interface StepGivenUp {
  readonly nodeId: string;
  readonly attempts: number;
  readonly why: string;
  /** What the last attempt said. */
  readonly reason: string;
  readonly evidence?: FailureEvidence;
  /** Under which signature it was parked before, where that is another one. */
  readonly parkedBefore?: string;
}

/** Whether an event makes an ended job live again, or has a live one go on. */
export function goesOn({ type }: Pick<JobEvent, 'type'>): boolean {
  return type === 'job.resumed' || type === 'job.replanned' || type === 'rollback.started';
}

export interface JobSubmitted {
  readonly name: string;
  readonly graphHash: string;
  readonly nodes: number;
  readonly onFailure: FailurePolicy;
  readonly owner: string;
  readonly priority: Priority;
  readonly pool: string;
  /** `STANDARD`, where absent. */
  readonly jobType?: JobType;
  /** When the job has to be over, milliseconds since the epoch. */
  readonly deadlineAt?: number;
  /** What its commands and conditions are told. */
  readonly parameters?: Parameters;
  /** The trigger that started it. */
  readonly trigger?: { readonly id: string; readonly name: string } & Partial<Lineage>;
  /** The span that it was submitted in, where the caller named one. */
  readonly trace?: TraceParent;
}

export interface AttemptReclassified extends NodeAttempt {
  readonly signature: string;
  readonly class: FailureClass;
  /** What it was before. */
  readonly before: FailureClass;
  readonly reason: string;
  readonly by: string;
  /** When it was asked for, milliseconds since the epoch. */
  readonly askedAt: number;
  /** Not only for the owner of the job. */
  readonly forEveryone?: true;
}

export interface JobResumed {
  readonly nodes: readonly string[];
  readonly reason: string;
  /** A person asked for it, at this level of retry. */
  readonly level?: number;
  /** No workflow enters the nodes: the order among them is left to the job. */
  readonly entered?: true;
  /** The run of the workflow that begins with it. */
  readonly run?: number;
  /** The nodes that a person asked for: they and all that is downstream of them are among `nodes`. */
  readonly from?: readonly string[];
  /** The redrive of letters that asked for it. */
  readonly order?: string;
}

export interface JobReplanned {
  readonly graphHash: string;
  /** How many nodes the graph has. */
  readonly nodes: number;
  /** Nodes whose results stand, items of fan-outs included; all others run again. */
  readonly keeps: readonly string[];
  readonly reason: string;
  /** The run of the workflow that begins with it. */
  readonly run?: number;
  /** As in `job.resumed`. */
  readonly from?: readonly string[];
}

export interface NodeOverruled {
  readonly nodeId: string;
  readonly outcome: 'succeeded' | 'skipped';
  /** What it hands on in place of what it did. */
  readonly outputs?: Outputs;
  readonly reason: string;
  readonly by: string;
}

/** What the end of a node says of its last attempt, so that nobody has to look for it. */
export interface FailureEvidence {
  readonly class?: FailureClass;
  readonly confidence?: number;
  readonly signature?: string;
  /** Tests that failed, as people read them, and how many more there are. */
  readonly tests?: readonly string[];
  readonly testsUnlisted?: number;
}

export interface NodeCompleted {
  readonly nodeId: string;
  readonly outcome: Outcome;
  /** Number of its latest attempt: lost ones count, and in a job that was rolled back those that undid it. */
  readonly attempts: number;
  /** Why, when the outcome is not `succeeded`. */
  readonly reason?: string;
  /** Of one whose last attempt failed: why it is not tried again. */
  readonly why?: string;
  /** A skip that a failure upstream caused, so that `none_failed` below it does not hold. */
  readonly failedUpstream?: true;
  /** Of one that counts as succeeded though its last attempt failed: which known flakes did, or that its graph allows it. */
  readonly warning?: string;
  /** Ids of the quarantines that the warning rests on. */
  readonly quarantines?: readonly string[];
  /** Of one that failed. */
  readonly evidence?: FailureEvidence;
}
