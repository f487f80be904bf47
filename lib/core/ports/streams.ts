import type { GraphIndex } from '../dag/graph-index';
import type { DependencyEvent } from '../dependency/events';
import type { DependencyState } from '../dependency/state';
import type { LetterEvent } from '../dlq/events';
import type { GroupState } from '../dlq/state';
import type { JobEvent } from '../job/events';
import type { JobState } from '../job/state';
import type { Recorded, StreamHead } from '../journal/envelope';
import type { Address, Delivery, StreamKind } from '../messages/address';
import type { Origin } from '../messages/envelope';
import type { ReadOnly } from '../model/read-only';
import type { TargetEvent } from '../notify/events';
import type { TargetState } from '../notify/state';
import type { PoolEvent } from '../scheduler/events';
import type { PoolState } from '../scheduler/state';
import type { TriggerEvent } from '../trigger/events';
import type { TriggerState } from '../trigger/state';

/** What a stream consists of, by its kind. */
export interface Events {
  readonly job: JobEvent;
  readonly pool: PoolEvent;
  readonly trigger: TriggerEvent;
  readonly dependency: DependencyEvent;
  readonly letter: LetterEvent;
  readonly target: TargetEvent;
}

/** A stream folded up to `head`. */
export interface Fold<State> {
  readonly state: ReadOnly<State>;
  readonly head: StreamHead;
  /** The trace that the first event of the stream belongs to; undefined where there is none. */
  readonly traceId: string | undefined;
}

/** The fold of a job, with its graph. */
export interface JobFold extends Fold<JobState> {
  readonly index: GraphIndex;
}

export interface Folds {
  readonly job: JobFold;
  readonly pool: Fold<PoolState>;
  /** Of a trigger that nobody made, the status is `none`. */
  readonly trigger: Fold<TriggerState>;
  /** Of a dependency that nobody named, the breaker is closed. */
  readonly dependency: Fold<DependencyState>;
  /** Of a group in which nothing was ever parked, there is no owner. */
  readonly letter: Fold<GroupState>;
  /** Of a target that was never told anything, it is empty. */
  readonly target: Fold<TargetState>;
}

/** Reads streams, of some kinds where not of all; decides nothing and performs nothing. */
export interface StreamReader<Read extends StreamKind = StreamKind> {
  /** @throws RepriseError JOB_NOT_FOUND */
  readonly view: <K extends Read>(at: Address<K>) => Promise<Folds[K]>;
}

/**
 * Tells streams something at least once: jobs, pools, dependencies and letters in order and one message at a time, triggers in any order.
 * Queued when it resolves.
 */
export interface StreamSender {
  readonly send: (delivery: Delivery, origin: Origin) => Promise<void>;
}

/** Tells a stream something and waits for what it causes: journalled when it resolves, and its effects under way. */
export interface StreamAsker {
  /** @throws what deciding the message throws, such as RepriseError JOB_NOT_FOUND. */
  readonly ask: <K extends StreamKind>(
    delivery: Delivery<K>,
    origin: Origin,
  ) => Promise<readonly Recorded<Events[K]>[]>;
}
