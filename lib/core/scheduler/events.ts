import type { DependencyStatus } from '../messages/dependency';
import type { Ended, QueuedJob, Worker, WorkItem } from '../messages/pool';
import type { AttemptRef } from '../model/attempt';
import type { CapacityCondition } from '../model/capacity';
import type { Priority } from '../model/priority';
import type { QueueStatus } from '../model/queue-status';
import type { LossCause } from '../model/recovery';
import type { Resources } from '../model/resources';
import type { Comparison } from './health';

interface Ev<T extends string, D extends object> {
  readonly type: T;
  readonly data: D;
}

/** `version`: of the event of the job that this follows from. */
export interface JobVersion {
  readonly jobId: string;
  readonly version?: number;
}

/** Why the engine cordons a worker: it does not take what it is given, it does worse than its peers, its trial went wrong. */
export const CORDON_CAUSES = ['refusals', 'health', 'probation'] as const;
export type CordonCause = (typeof CORDON_CAUSES)[number];

export interface WorkerCordoned {
  readonly workerId: string;
  readonly reason: string;
  /** Milliseconds since the epoch; without it, until it is uncordoned. */
  readonly until?: number;
  /** Absent where a person cordons it. */
  readonly cause?: CordonCause;
  /** Of `health`: how it compares with its peers. */
  readonly evidence?: Comparison;
}

/** Why nobody takes work: those that it fits are kept off by the engine, or there is none in use. */
export type WhyUnschedulable = 'keptOff' | 'noWorker';

/** What work asks of a worker. */
export interface Shape {
  readonly labels: readonly string[];
  readonly slots: number;
  readonly resources?: Resources;
}

export type PoolEvent =
  | Ev<'worker.registered', Worker>
  | Ev<'worker.draining', { readonly workerId: string }>
  | Ev<'worker.cordoned', WorkerCordoned>
  /** Its cordon is over, on trial: `trials` attempts in a row have to go well. */
  | Ev<'worker.probation', { readonly workerId: string; readonly trials: number }>
  /** `why`: of one that has stood its probation. A person gives none. */
  | Ev<'worker.uncordoned', { readonly workerId: string; readonly why?: string }>
  /** It does worse than its peers, and it is too early to say that it is bad. */
  | Ev<'worker.suspected', { readonly workerId: string; readonly reason: string; readonly chance: number }>
  | Ev<'worker.cleared', { readonly workerId: string; readonly reason: string }>
  | Ev<'worker.lost', { readonly workerId: string; readonly reason: string }>
  | Ev<'work.queued', WorkItem>
  /** The queue no longer holds the attempt. `cause`: where that is for the pool to say. */
  | Ev<'work.dropped', AttemptRef & { readonly reason: string; readonly cause?: LossCause }>
  /** `fence` grows with every lease of the pool; `expiresAt` in milliseconds since the epoch. */
  | Ev<
      'lease.granted',
      AttemptRef & { readonly workerId: string; readonly fence: number; readonly expiresAt: number }
    >
  | Ev<'lease.cancelRequested', AttemptRef & { readonly workerId: string; readonly reason: string }>
  | Ev<'lease.released', AttemptRef & { readonly ended?: Ended }>
  /** The lease ended without the attempt: the worker was lost, refused it, or the lease ran out. */
  | Ev<
      'lease.revoked',
      AttemptRef & {
        readonly workerId: string;
        readonly reason: string;
        readonly refused?: true;
        readonly cause?: LossCause;
      }
    >
  | Ev<'queue.joined', QueuedJob>
  | Ev<'queue.admitted', { readonly jobId: string }>
  /** The job is over, or was cancelled while it waited. */
  | Ev<'queue.left', JobVersion>
  | Ev<'queue.reprioritised', JobVersion & { readonly priority: Priority }>
  | Ev<'queue.changed', { readonly status: QueueStatus }>
  | Ev<'queue.limited', { readonly maxRunningJobs: number }>
  | Ev<'queue.held', JobVersion>
  | Ev<'queue.unheld', JobVersion>
  /** Work names a dependency that the pool does not know: it asks how that stands. */
  | Ev<'queue.dependencyWatched', { readonly dependency: string }>
  /** How it stands; `until` in milliseconds since the epoch, `probes` of one that is half open. */
  | Ev<
      'queue.dependencyChanged',
      {
        readonly dependency: string;
        readonly version: number;
        readonly status: DependencyStatus;
        readonly until?: number;
        readonly probes?: number;
      }
    >
  /** Work of this shape waits, and no worker takes any: `why` again where that changes. */
  | Ev<'queue.unschedulable', Shape & { readonly why: WhyUnschedulable }>
  /** A worker takes it again, or nobody has asked for it for long. */
  | Ev<'queue.schedulable', Shape>
  /** Its capacity is short, or will be. `found` and `limit`: slots, or milliseconds of waiting. */
  | Ev<
      'queue.capacityWarned',
      { readonly condition: CapacityCondition; readonly found: number; readonly limit: number }
    >
  /** It no longer is. */
  | Ev<
      'queue.capacityCleared',
      { readonly condition: CapacityCondition; readonly found: number; readonly limit: number }
    >
  /** The pool was told to stop an attempt it does not hold. */
  | Ev<'work.unknown', AttemptRef & { readonly reason: string }>;
