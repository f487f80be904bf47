import type { LimitReason } from '../trigger/events';

/** One of what an owner may have so many of in a time. */
export interface QuotaUse {
  readonly owner: string;
  /** What is counted, and in which time, such as `requests/29000000`. */
  readonly what: string;
  readonly limit: number;
  /** The same one counts once, however often it is taken; left out, each call is another one. */
  readonly id?: string;
  /** From then on the count may be forgotten, milliseconds since the epoch. */
  readonly until: number;
}

/** Counts what owners have taken. */
export interface Quotas {
  /** @returns false, and counts nothing, when as many are taken as may be. */
  readonly take: (use: QuotaUse) => Promise<boolean>;
}

/** Bounds the jobs that triggers start beyond one trigger. */
export interface FiringLimits {
  /** @returns why the job may not start, or undefined. The same job is answered alike when it comes again. */
  readonly admit: (firing: {
    readonly owner: string;
    /** The first cause. */
    readonly root: string;
    readonly jobId: string;
    /** Milliseconds since the epoch. */
    readonly at: number;
  }) => Promise<LimitReason | undefined>;
}

export const NO_LIMITS: FiringLimits = { admit: async () => undefined };
