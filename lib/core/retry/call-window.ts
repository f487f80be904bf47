import { LIMITS } from '../limits';

/** One call, as a window counts it. */
export interface Call {
  readonly ok: boolean;
  readonly slow?: true;
  /** Names the call. */
  readonly by: string;
}

/** When the calls of a window say that something is broken. Rates in percent of the calls. */
export interface WindowPolicy {
  /** The latest calls that count. */
  readonly windowSize: number;
  /** Fewer calls say nothing. */
  readonly minimumCalls: number;
  readonly failureRateThreshold: number;
  readonly slowCallRateThreshold: number;
}

/**
 * The latest calls, oldest first: the count-based sliding window of https://resilience4j.readme.io/docs/circuitbreaker.
 * A value, plain JSON: every change gives another one. It holds as many as any policy may ask for.
 */
export type CallWindow = readonly Call[];

export const isBad = ({ ok, slow }: Call): boolean => !ok || slow === true;

export const withCall = (window: CallWindow, call: Call): CallWindow =>
  [...window, call].slice(-LIMITS.callWindow);

/**
 * Whether a call changes what the window says: a good one does not, where the window is full of good ones. So whoever
 * keeps only the calls that do keeps the same rates as one that keeps all of them.
 */
export function changesWindow({ windowSize }: WindowPolicy, window: CallWindow, call: Call): boolean {
  const counted = window.slice(-windowSize);
  return isBad(call) || counted.length < windowSize || counted.some(isBad);
}

/** Why the window is past a threshold, in words; undefined where it is not. */
export function tripped(policy: WindowPolicy, window: CallWindow): string | undefined {
  const counted = window.slice(-policy.windowSize);
  const { length } = counted;
  if (length < policy.minimumCalls) return undefined;
  const said = (count: number, what: string, threshold: number) =>
    length > 0 && (count / length) * 100 >= threshold
      ? `${count} of the last ${length} calls ${what}, at or above ${threshold} %`
      : undefined;
  return (
    said(counted.filter(({ ok }) => !ok).length, 'failed', policy.failureRateThreshold) ??
    said(counted.filter(({ slow }) => slow).length, 'were slow', policy.slowCallRateThreshold)
  );
}
