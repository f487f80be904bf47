import type { Delivery } from '../messages/address';
import type {
  DeliveryRef,
  Effect,
  JobTrace,
  NodeAnswer,
  PostedLetter,
  ReleasedMessage,
} from '../messages/effect';
import type { Submission } from '../messages/job';
import type { PublicEvent } from '../messages/public-event';
import type { TriggerSource } from '../messages/trigger-definition';
import type { JobOutcome } from '../model/outcome';
import type { HistoryStore } from './history';
import type { StreamSender } from './streams';

/** What performs effects. Every call may be repeated: what it is given carries an id that is the same each time. */
export interface EffectPorts {
  readonly streams: StreamSender;
  readonly timers: Timers;
  readonly workflow: Workflow;
  readonly dispatcher: Dispatcher;
  readonly publisher: EventPublisher;
  readonly sources: TriggerSources;
  readonly submissions: Submissions;
  readonly letterBox: LetterBox;
  readonly notifier: Notifier;
  /** Where what people say of failures is kept, for the failures that come. */
  readonly history: Pick<HistoryStore, 'correct'>;
}

/** Tells a stream something at a time, at least once, after a crash too. */
export interface Timers {
  /** @param dueAt milliseconds since the epoch. @param id of the effect that asks for it. */
  readonly schedule: (delivery: Delivery, dueAt: number, id: string) => Promise<void>;
}

/**
 * Walks the compiled plan and enters nodes: tells the job `nodeEntered`, at least once for each node, and at the latest
 * when all that the plan puts before the node are answered; or `allEntered`, which leaves the whole order to the job. Every call is idempotent.
 */
export interface Workflow {
  /**
   * Begins a run of a job's workflow. Does nothing where this run, or a later one, was started or stopped before.
   * @param run from 1. A later run takes the place of the one before, which may still be under way.
   * @param trace that what the workflow does belongs to.
   */
  readonly start: (jobId: string, graphHash: string, run: number, trace?: JobTrace) => Promise<void>;
  /**
   * Tells the workflow that a node's fate is final, so that what follows it is entered. Does nothing where that was
   * told before, or nobody waits for it.
   */
  readonly answerNode: (jobId: string, answer: NodeAnswer) => Promise<void>;
  /** Tells the workflow how the job ended, where it asked for that by `outcomeAwaited`; the token is from there. */
  readonly answerOutcome: (jobId: string, token: string, status: JobOutcome) => Promise<void>;
  /** Ends a run of the workflow of a job that was cancelled: it enters nothing more, also where it was not started yet. */
  readonly stop: (jobId: string, reason: string, run: number) => Promise<void>;
}

/** Hands leased attempts to workers. Calls may arrive in another order than they were made in. */
export interface Dispatcher {
  /** What its worker does not take, the pool hears of by `dispatchFailed`. */
  readonly dispatch: (effect: Extract<Effect, { kind: 'dispatch' }>) => Promise<void>;
  /** Ends the attempt on its worker, or keeps it from running there. */
  readonly cancel: (effect: Extract<Effect, { kind: 'cancelExecution' }>) => Promise<void>;
}

/** Events for the world outside: at least once; in the `detail` of an event its `id` is the same every time. */
export interface EventPublisher {
  readonly publish: (event: PublicEvent) => Promise<void>;
}

/** Lays letters where the tools for dead letter queues find them. */
export interface LetterBox {
  /**
   * Lays a letter there; once it lies, its group is told `laid`, and `returned` when somebody redrives it from there. A
   * letter of an earlier round may lie there still: whoever finds it knows by its round that it is late.
   */
  readonly post: (letter: PostedLetter) => Promise<void>;
  /** Puts a poisoned message back where it came from. One that is gone is left gone. */
  readonly release: (message: ReleasedMessage) => Promise<void>;
}

/** Where there are no such queues a letter lies in its group alone, and no message is ever poisoned. */
export const NO_LETTER_BOX: LetterBox = { post: async () => undefined, release: async () => undefined };

/** Tells targets of notifications. */
export interface Notifier {
  /** Has it tried, and the target told how that came out: at least once. */
  readonly deliver: (delivery: DeliveryRef) => Promise<void>;
}

/** Where nobody is notified. */
export const NO_NOTIFIER: Notifier = { deliver: async () => undefined };

/** The clocks and event rules of triggers. */
export interface TriggerSources {
  /**
   * Makes the clock or rule of a trigger what `source` says; without one, takes it away. When the clock strikes, the
   * trigger hears `due`; of each event that the rule asks for it hears `event`, with the whole event as it stands on the
   * bus. At least once, and under the same id each time. Idempotent.
   */
  readonly arm: (triggerId: string, source: TriggerSource | undefined) => Promise<void>;
}

/**
 * Submits jobs on behalf of triggers: at least once, and waits where a queue is full. Of a job that can never run, the
 * trigger that its submission names hears `jobRefused`.
 */
export interface Submissions {
  readonly submit: (jobId: string, submission: Submission, id: string) => Promise<void>;
}
