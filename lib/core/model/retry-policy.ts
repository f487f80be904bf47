/** How a node is tried again. Times are milliseconds. */
export interface RetryPolicy {
  readonly strategy: 'exponential' | 'linear' | 'fibonacci' | 'fixed';
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  /** Attempts in all, the first one included. 1 means no retry. */
  readonly maxAttempts: number;
  /** `full`: uniform between zero and the delay. `none`: the delay itself. */
  readonly jitter: 'full' | 'none';
}
