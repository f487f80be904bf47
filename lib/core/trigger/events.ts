import type { TriggerDefinition } from '../messages/trigger-definition';
import type { Lineage } from '../model/lineage';
import type { JobOutcome } from '../model/outcome';
import type { Parameters } from '../model/parameters';

/** One time at which a trigger fired. */
export interface Firing {
  /** Unique to the trigger: the time that was due, or what asked for it. The job's id follows from it. */
  readonly id: string;
  /** The time of a schedule that was due, milliseconds since the epoch. */
  readonly dueAt?: number;
  /** How many triggers led here, one after the other: those whose jobs' events made it fire. Absent where none did. */
  readonly depth?: number;
  /** Names the first cause; absent in firings of earlier versions. */
  readonly root?: string;
  /** What the job is told: the trigger's parameters, with what the event put in their place. */
  readonly parameters?: Parameters;
}

/** What is submitted; its parameters are those of the firing. */
export type FiredJob = Omit<TriggerDefinition['job'], 'parameters'>;

/**
 * Why a firing started no job. overlap: one of its jobs runs. superseded: a later firing took its place.
 * paused, deleted: the trigger was, while the firing waited. own: the event came from a job of the same trigger.
 * depth: triggers that start each other have done so too often. root: one cause has started as many jobs as it may.
 * rate: the trigger fired as often in this minute as it may; said once a minute, what comes after is dropped unsaid.
 * ownerRate: all triggers of the owner together did.
 */
export type SkipReason =
  | 'overlap'
  | 'superseded'
  | 'paused'
  | 'deleted'
  | 'own'
  | 'depth'
  | 'rate'
  | LimitReason;
/** What bounds more than one trigger. */
export type LimitReason = 'root' | 'ownerRate';

interface Ev<T extends string, D extends object> {
  readonly type: T;
  readonly data: D;
}

/** Everything that can happen to a trigger. */
export type TriggerEvent =
  /** `everyone`: an administrator made it, and it hears of what others do too. */
  | Ev<
      'trigger.set',
      { readonly owner: string; readonly definition: TriggerDefinition; readonly everyone?: true }
    >
  | Ev<'trigger.paused', { readonly reason: string }>
  | Ev<'trigger.unpaused', { readonly reason: string }>
  | Ev<'trigger.deleted', Record<string, never>>
  /** A job starts, as the definition had it then; `cancels` are the jobs that make room for it. */
  | Ev<
      'trigger.fired',
      {
        readonly firing: Firing;
        readonly jobId: string;
        readonly job: FiredJob;
        readonly cancels?: readonly string[];
      }
    >
  /** The firing waits for the running jobs to end. */
  | Ev<'trigger.queued', { readonly firing: Firing }>
  | Ev<'trigger.skipped', { readonly firing: Firing; readonly why: SkipReason }>
  /** Times that were due while nobody could start a job, and that start none now; at least `count`. */
  | Ev<'trigger.missed', { readonly count: number; readonly from: number; readonly to: number }>
  | Ev<'trigger.jobEnded', { readonly jobId: string; readonly status: JobOutcome }>
  /** The job was not taken, and never will be. */
  | Ev<'trigger.jobRefused', { readonly jobId: string; readonly reason: string } & Partial<Lineage>>;
