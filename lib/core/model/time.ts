/** Milliseconds since the epoch. */
export type Clock = () => number;
/** Uniform in [0, 1). */
export type Random = () => number;
/** Resolves after so many milliseconds, or early when the signal is given. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<unknown>;

/** Calls back once after a delay in milliseconds; the result cancels it. */
export type SetTimer = (callback: () => void, delayMs: number) => () => void;

/** What waiting takes. */
export interface Timing {
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
}
