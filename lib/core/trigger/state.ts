import type { TriggerDefinition } from '../messages/trigger-definition';
import type { Firing, SkipReason } from './events';

/** `none`: nobody has made it. */
export const STATUSES = ['none', 'active', 'paused', 'deleted'] as const;
export type TriggerStatus = (typeof STATUSES)[number];

export const DEEDS = ['fired', 'queued', 'skipped', 'missed', 'refused'] as const;

/** One thing a trigger did, for people. */
export interface TriggerDeed {
  readonly what: (typeof DEEDS)[number];
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Id of the firing. */
  readonly firing?: string;
  readonly jobId?: string;
  readonly why?: SkipReason | string;
}

export interface TriggerState {
  status: TriggerStatus;
  owner?: string;
  definition?: TriggerDefinition;
  /** It hears of what others do too. */
  everyone?: true;
  createdAt?: number;
  /** Times of the schedule up to here are dealt with, milliseconds since the epoch. */
  cursor: number;
  /** Jobs that were started and are not known to be over. */
  running: string[];
  /** Those of them that were cancelled to make room. */
  cancelled: string[];
  /** The firing that waits for them. */
  waiting?: Firing;
  /** Ids of the latest firings that came from outside, so that a repeat starts no second job. */
  seen: string[];
  /** What it did last, latest first. */
  recent: TriggerDeed[];
  /** Firings it dealt with in the latest minute in which it did, as minutes since the epoch. */
  pace: { minute: number; firings: number };
}

/** Repeats of an event come within minutes; so many firings are remembered to know them. */
export const SEEN = 500;
/** Deeds that are shown. */
export const RECENT = 20;

export const initialTrigger = (): TriggerState => ({
  status: 'none',
  cursor: 0,
  running: [],
  cancelled: [],
  seen: [],
  recent: [],
  pace: { minute: 0, firings: 0 },
});

export const minuteOf = (at: number): number => Math.floor(at / 60_000);
