import type { Delivery } from '../messages/address';
import type { Effect, NodeAnswer } from '../messages/effect';
import type { Submission } from '../messages/job';
import type { PublicEvent } from '../messages/public-event';
import type { TriggerSource } from '../messages/trigger-definition';
import type { JobOutcome } from '../model/outcome';
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
}

/** Tells a stream something at a time, at least once, after a crash too. */
export interface Timers {
  /** @param dueAt milliseconds since the epoch. @param id of the effect that asks for it. */
  readonly schedule: (delivery: Delivery, dueAt: number, id: string) => Promise<void>;
}

/** Walks the compiled plan and enters nodes. Every call is idempotent. */
export interface Workflow {
  readonly start: (jobId: string, graphHash: string) => Promise<void>;
  /** Tells the workflow that a node's fate is final, so that what follows it is entered. */
  readonly answerNode: (jobId: string, answer: NodeAnswer) => Promise<void>;
  /** Tells the workflow how the job ended. */
  readonly answerOutcome: (jobId: string, token: string, status: JobOutcome) => Promise<void>;
  /** Ends a workflow whose job was cancelled. */
  readonly stop: (jobId: string, reason: string) => Promise<void>;
}

/** Hands leased attempts to workers. */
export interface Dispatcher {
  readonly dispatch: (effect: Extract<Effect, { kind: 'dispatch' }>) => Promise<void>;
  readonly cancel: (effect: Extract<Effect, { kind: 'cancelExecution' }>) => Promise<void>;
}

/** Events for the world outside: at least once, `id` is the same every time. */
export interface EventPublisher {
  readonly publish: (event: PublicEvent) => Promise<void>;
}

/** The clocks and event rules of triggers. */
export interface TriggerSources {
  /**
   * Makes the clock or rule of a trigger what `source` says; without one, takes it away. When it strikes, the trigger
   * hears `due` or `event`, at least once. Idempotent.
   */
  readonly arm: (triggerId: string, source: TriggerSource | undefined) => Promise<void>;
}

/** Submits jobs on behalf of triggers and events: at least once, and waits where a queue is full. */
export interface Submissions {
  readonly submit: (jobId: string, submission: Submission, id: string) => Promise<void>;
}
