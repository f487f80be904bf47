import type { FailurePolicy, Priority } from '../dag/graph';
import type { Recorded } from '../journal/envelope';
import type { Failure } from '../model/failure';
import type { Parameters } from '../model/parameters';

export const OUTCOMES = ['succeeded', 'failed', 'skipped', 'cancelled'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export type JobOutcome = 'succeeded' | 'failed' | 'cancelled';

/** What a node's command wrote for the nodes after it: JSON values by name, at most 16 KiB together. */
export type Outputs = Readonly<Record<string, unknown>>;

interface Ev<T extends string, D extends object> {
  readonly type: T;
  readonly data: D;
}

/** Everything that can happen to a job. Adding one: docs in CONTRIBUTING.md. */
export type JobEvent =
  | Ev<'job.submitted', JobSubmitted>
  | Ev<'job.admitted', Record<string, never>>
  /** `deadline`: the job ran out of its time, and so has failed. */
  | Ev<'job.cancelRequested', { readonly reason: string; readonly deadline?: true }>
  /** Nothing of the job is handed out any more; what runs goes on. */
  | Ev<'job.paused', { readonly reason: string }>
  | Ev<'job.unpaused', { readonly reason: string }>
  | Ev<'job.reprioritised', { readonly priority: Priority }>
  /** The job goes on after its process died (`nodes` empty) or after it ended (`nodes` run again). */
  | Ev<'job.resumed', { readonly nodes: readonly string[]; readonly reason: string }>
  | Ev<'job.completed', { readonly status: JobOutcome }>
  /** The workflow has passed every node and waits with this task token to end as the job ends. */
  | Ev<'job.outcomeAwaited', { readonly token: string }>
  /** The workflow has reached the node. `token` is the Step Functions task token that waits for its fate. */
  | Ev<'node.entered', { readonly nodeId: string; readonly token?: string }>
  /** A `forEach` was decided: one node an item, named by `itemId`. */
  | Ev<'node.expanded', { readonly nodeId: string; readonly items: readonly unknown[] }>
  | Ev<'node.ready', AttemptRef>
  /** `attempt` is the attempt to come, `dueAt` and `delayMs` milliseconds. */
  | Ev<
      'node.retryScheduled',
      AttemptRef & { readonly dueAt: number; readonly delayMs: number; readonly why: string }
    >
  | Ev<'node.completed', NodeCompleted>
  | Ev<'attempt.started', AttemptRef & { readonly workerId: string }>
  | Ev<'attempt.progressed', AttemptRef & { readonly percentage: number; readonly message?: string }>
  | Ev<'attempt.succeeded', AttemptRef & { readonly durationMs: number; readonly outputs: Outputs }>
  | Ev<'attempt.failed', AttemptRef & { readonly durationMs: number; readonly failure: Failure }>
  /** The worker died or gave the attempt back. Spends nothing of the node's retry budget. */
  | Ev<'attempt.lost', AttemptRef & { readonly reason: string }>
  /** A report of an attempt that was given up before; it changes nothing. */
  | Ev<'attempt.ignored', AttemptRef & { readonly report: 'succeeded' | 'failed' }>
  | Ev<'attempt.cancelRequested', AttemptRef & { readonly reason: string }>;

export interface AttemptRef {
  readonly nodeId: string;
  /** 1 for the first attempt of a node. */
  readonly attempt: number;
}

export interface JobSubmitted {
  readonly name: string;
  readonly graphHash: string;
  readonly nodes: number;
  readonly onFailure: FailurePolicy;
  readonly owner: string;
  readonly priority: Priority;
  readonly pool: string;
  /** When the job has to be over, milliseconds since the epoch. */
  readonly deadlineAt?: number;
  /** What its commands and conditions are told. */
  readonly parameters?: Parameters;
  /** The trigger that started it. */
  readonly trigger?: { readonly id: string; readonly name: string; readonly depth?: number };
}

export interface NodeCompleted {
  readonly nodeId: string;
  readonly outcome: Outcome;
  /** Attempts made, lost ones included. */
  readonly attempts: number;
  /** Why, when the outcome is not `succeeded`. */
  readonly reason?: string;
  /** A skip that a failure upstream caused, so that `none_failed` below it does not hold. */
  readonly failedUpstream?: true;
}

export type JobEventType = JobEvent['type'];
export type RecordedJobEvent = Recorded<JobEvent>;

/** What lists of jobs are made from; kept beside the journal's head. */
export interface JobStatusIndex {
  readonly owner: string;
  readonly name: string;
  readonly status: string;
  readonly priority: Priority;
  readonly submittedAt: number;
}
