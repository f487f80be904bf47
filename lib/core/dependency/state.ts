import { type Drift, NO_DRIFT } from '../history/drift';
import type { DependencyStatus } from '../messages/dependency';
import type { CallWindow } from '../retry/call-window';

/** One change of a breaker, for people. */
export interface DependencyChange {
  readonly status: DependencyStatus;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly why: string;
  /** The person who did it, where it was one. */
  readonly by?: string;
}

export interface DependencyState {
  status: DependencyStatus;
  /** A person holds it so. */
  forced: boolean;
  /** When it changed last, milliseconds since the epoch; what began before says nothing of it. */
  since: number;
  /** Of an open one that nobody forced: until when. */
  openUntil?: number;
  /** How often it opened since it was closed. */
  openings: number;
  /** Of a half open one: its budget. */
  probes: number;
  /** Calls since it changed last. */
  window: CallWindow;
  /** How far the calls since then speak for more going wrong than used to, and whether that was said. */
  drift: Drift;
  /** When the warning that stands was raised, milliseconds since the epoch. */
  degradingSince?: number;
  /** Grows with every change: a pool that hears of an earlier one later knows it. */
  version: number;
  /** Pools that are told, the latest to ask last. */
  watchers: string[];
  /** Its latest changes, latest first. */
  recent: DependencyChange[];
}

/** Changes that are shown. */
export const RECENT = 20;

export const initialDependency = (): DependencyState => ({
  status: 'closed',
  forced: false,
  since: 0,
  openings: 0,
  probes: 0,
  window: [],
  drift: NO_DRIFT,
  version: 0,
  watchers: [],
  recent: [],
});
