import * as z from 'zod';
import { LIMITS } from '../limits';
import { amount } from './bounded';
import type { FailureClass } from './failure';
import { idSchema } from './ids';
import type { ReadOnly } from './read-only';
import { type Resources, resourcesSchema } from './resources';
import { testIdsSchema } from './test-results';

/** How the waits between attempts grow; `strategy` of a graph's `retry`. Their formulas: lib/core/retry/backoff.ts. */
export const BACKOFF_STRATEGIES = [
  'none',
  'fixed',
  'linear',
  'exponential',
  'fibonacci',
  'decorrelated',
  'custom',
] as const;
export type BackoffStrategy = (typeof BACKOFF_STRATEGIES)[number];

/** `none`: the delay itself. `full`: uniform between zero and it. `equal`: half of it, and up to as much again. */
export const JITTERS = ['none', 'full', 'equal'] as const;
export type Jitter = (typeof JITTERS)[number];

/** Who writes a delay means it; who writes how delays grow means a window to spread retries over. */
export const DEFAULT_JITTER: Readonly<Record<BackoffStrategy, Jitter>> = {
  none: 'none',
  fixed: 'none',
  custom: 'none',
  linear: 'full',
  exponential: 'full',
  fibonacci: 'full',
  // It draws its delays itself.
  decorrelated: 'none',
};

/** What a retry may ask for beyond what the node takes, where an attempt ran out of it. */
export interface Bigger {
  /** By how much each such failure multiplies. */
  readonly factor: number;
  /** How far, by name: `slots`, or a named resource of the node. What is not named stays as it is. */
  readonly most: Resources;
}

/** How a node is tried again. Times are milliseconds. */
export interface RetryPolicy {
  readonly strategy: BackoffStrategy;
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  /** Attempts in all, the first one included. 1 means no retry. */
  readonly maxAttempts: number;
  readonly jitter: Jitter;
  /** Of `custom`: the delay after the first failure, the second, ...; the last one repeats. */
  readonly delaysMs?: readonly number[];
  /** Of `custom`: the delay in seconds, as lib/core/retry/expression.ts reads it. */
  readonly delay?: string;
  /** No attempt begins later than so long after the first one could. */
  readonly maxTimeMs?: number;
  /**
   * How long after the first failure what is outside (`OUTSIDE`) is waited out, once the attempts above have failed; not at
   * all where absent.
   */
  readonly patienceMs?: number;
  /** After which failures: whatever failed, what may help by the evidence (where absent), or these classes only. */
  readonly on?: 'any' | readonly FailureClass[];
  readonly bigger?: Bigger;
}

/** What becomes of a node after an attempt that failed, besides giving it up. */
export const RETRY_STRATEGIES = ['again', 'elsewhere', 'bigger', 'wait', 'tests'] as const;

/**
 * `again`: wherever there is room. `elsewhere`: on another worker, where there is one. `bigger`: with more of what it ran
 * out of. `wait`: again, and not before the dependency it failed at is back. `tests`: only the tests that failed.
 */
export type RetryStrategy = (typeof RETRY_STRATEGIES)[number];

/** How the next attempt differs from any other: what a retry was scheduled with. */
export const retryPlanSchema = z.object({
  strategy: z.enum(RETRY_STRATEGIES).exactOptional(),
  /** Milliseconds. */
  delayMs: amount(),
  /** When what fails now failed first, milliseconds since the epoch; of a policy with patience. */
  failingSince: amount().exactOptional(),
  /** Workers that are not to have it while another one can. */
  avoid: z.array(idSchema).max(LIMITS.avoided).exactOptional(),
  /** What it takes in place of the node's own, `slots` among them. */
  resources: resourcesSchema.exactOptional(),
  /** The tests that run again, where that is not all of the node. */
  tests: testIdsSchema.exactOptional(),
});
export type RetryPlan = ReadOnly<z.infer<typeof retryPlanSchema>>;
