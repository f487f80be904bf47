import type { Notice, Telling } from '../messages/target';
import { type Breaker, CLOSED } from '../retry/breaker';

/** A notice that waits to be told of. */
export interface Held {
  readonly notice: Notice;
  readonly telling: Telling;
  readonly until: number;
  readonly why: 'quiet' | 'digest';
}

/** One message, of one notice or of several. */
export interface TargetDelivery {
  readonly id: string;
  readonly notices: readonly Notice[];
  /** Notices that it counts and does not have. */
  readonly more: number;
  /** Tries that were made. */
  attempts: number;
  /** When it may be tried, milliseconds since the epoch. */
  dueAt: number;
}

export interface ParkedDelivery extends TargetDelivery {
  readonly parkedAt: number;
  readonly why: string;
}

/** What somebody has to acknowledge. */
export interface Alert {
  readonly notice: Notice;
  readonly rule: string;
  /** When it was told, milliseconds since the epoch. */
  readonly since: number;
  readonly steps: NonNullable<Telling['escalation']>;
  /** The step to come. */
  next: number;
}

/** How deliveries came out, latest first. */
export interface Outcome {
  readonly deliveryId: string;
  readonly outcome: 'succeeded' | 'failed' | 'parked';
  readonly at: number;
  readonly attempt: number;
  readonly title: string;
  readonly to?: string;
  readonly why?: string;
}

/** Plain JSON: the snapshot is the state. */
export interface TargetState {
  /** Latest notices by id, so that a repeat of an event is known. */
  known: string[];
  /** Until when the same is not told again, by signature. */
  told: Record<string, number>;
  /** When the latest notices came, milliseconds since the epoch. */
  recent: number[];
  held: Held[];
  /** Notices that were too many to be held. */
  flooded: number;
  /** In the order in which they came. */
  queue: TargetDelivery[];
  /** The try that is under way: there is one at a time. */
  underWay?: { readonly deliveryId: string; readonly attempt: number; readonly until: number };
  breaker: Breaker;
  alerts: Alert[];
  parked: ParkedDelivery[];
  outcomes: Outcome[];
}

/** Outcomes that are shown. */
export const OUTCOMES_SHOWN = 50;

export const initialTarget = (): TargetState => ({
  known: [],
  told: {},
  recent: [],
  held: [],
  flooded: 0,
  queue: [],
  breaker: CLOSED,
  alerts: [],
  parked: [],
  outcomes: [],
});
