/** How something stands that an engine needs. */
export interface Check {
  /** Short and stable, for programs: `disk.space`. */
  readonly id: string;
  /** `warn` works for now, `fail` does not. */
  readonly verdict: 'pass' | 'warn' | 'fail';
  /** What was seen, in words. */
  readonly seen: string;
  /** What to do about it; absent where it passes. */
  readonly mend?: string;
}

export const pass = (id: string, seen: string): Check => ({ id, verdict: 'pass', seen });
export const warn = (id: string, seen: string, mend: string): Check => ({ id, verdict: 'warn', seen, mend });
export const fail = (id: string, seen: string, mend: string): Check => ({ id, verdict: 'fail', seen, mend });

/** Whether nothing fails. */
export const isSound = (checks: readonly Check[]): boolean =>
  checks.every(({ verdict }) => verdict !== 'fail');
