import type { AttemptRef } from '../model/attempt';
import type { Correction } from '../model/correction';
import type { JobOutcome, Outcome } from '../model/outcome';
import type { Delivery } from './address';
import type { Submission } from './job';
import type { WorkItem } from './pool';
import type { PublicEvent } from './public-event';
import type { TriggerSource } from './trigger-definition';

/** The trace of a job: its id as the journal has it, and whether its caller records it, where that was said. */
export interface JobTrace {
  readonly traceId: string;
  readonly sampled?: boolean;
}

/** The event that requires an effect. */
export interface EventRef {
  readonly stream: string;
  readonly seq: number;
}

/**
 * What an event requires of the world. Derived from recorded events and never beside them; performed at least once,
 * idempotent by `id`, which is made of its cause: `<stream>/<seq>`, and more where an event requires several.
 */
export type Effect = EffectOf & {
  readonly id: string;
  /** What is derived from a state, and from no one event of it, names the event that the state ends with. */
  readonly cause: EventRef;
};

export type EffectOf =
  | ({ readonly kind: 'send' } & Delivery)
  /** The same at a time, milliseconds since the epoch. */
  | ({ readonly kind: 'timer'; readonly dueAt: number } & Delivery)
  /** `run`: which execution of the job's workflow it is, from 1. */
  | {
      readonly kind: 'startWorkflow';
      readonly jobId: string;
      readonly graphHash: string;
      readonly run: number;
      readonly trace: JobTrace;
    }
  | { readonly kind: 'answerNode'; readonly jobId: string; readonly answer: NodeAnswer }
  | {
      readonly kind: 'answerOutcome';
      readonly jobId: string;
      readonly token: string;
      readonly status: JobOutcome;
    }
  | { readonly kind: 'stopWorkflow'; readonly jobId: string; readonly reason: string; readonly run: number }
  | {
      readonly kind: 'dispatch';
      readonly work: WorkItem;
      readonly workerId: string;
      readonly endpoint?: string;
      readonly registration?: string;
    }
  | {
      readonly kind: 'cancelExecution';
      readonly work: AttemptRef;
      readonly workerId: string;
      readonly endpoint?: string;
      readonly registration?: string;
      readonly reason: string;
    }
  | { readonly kind: 'publish'; readonly event: PublicEvent }
  | ({ readonly kind: 'parkLetter' } & PostedLetter)
  | ({ readonly kind: 'releaseLetter' } & ReleasedMessage)
  /** For an owner, or without one for everyone. */
  | {
      readonly kind: 'correct';
      readonly signature: string;
      readonly correction: Correction;
      readonly owner?: string;
    }
  /** Its clock or rule follows the definition; without a source there is none. */
  | { readonly kind: 'armTrigger'; readonly triggerId: string; readonly source?: TriggerSource }
  /** A try to tell a target of notifications; it hears by `delivered` or `failed` how that came out. */
  | ({ readonly kind: 'deliver' } & DeliveryRef)
  | { readonly kind: 'submitJob'; readonly jobId: string; readonly submission: Submission };

/** One try of a delivery to a target of notifications. */
export interface DeliveryRef {
  readonly target: string;
  readonly deliveryId: string;
  readonly attempt: number;
}

/** A letter by its group and its id. */
export interface LetterRef {
  readonly group: string;
  readonly letterId: string;
}

/** A letter that lies parked. `round`: which time, from 1. */
export interface LetterRound extends LetterRef {
  readonly round: number;
}

/** A letter as people see it in a queue. */
export interface PostedLetter extends LetterRound {
  readonly jobId?: string;
  readonly nodeId?: string;
  /** Why it lies there. */
  readonly why: string;
}

/** A poisoned message that goes back to its queue. */
export interface ReleasedMessage extends LetterRef {
  /** Where in the archive it is. */
  readonly place?: string;
  /** In place of its text. */
  readonly body?: string;
  /** How often it has gone back with this one: the same for each repeat of the same order. */
  readonly times: number;
}

/** What the workflow is told of a node whose fate is final. */
export interface NodeAnswer {
  readonly nodeId: string;
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly token?: string;
}

/** Makes the effects of one cause. @param part tells apart the effects of one event. */
export function effectsOf({ stream, seq }: EventRef) {
  const base = `${stream}/${seq}`;
  return (effect: EffectOf, part?: string): Effect => ({
    ...effect,
    id: part === undefined ? base : `${base}/${part}`,
    cause: { stream, seq },
  });
}
