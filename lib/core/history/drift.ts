import * as z from 'zod';

/** What a change-point test looks for in a row of trials, each of which is bad or good. Shares are between 0 and 1. */
export interface DriftTest {
  /** The share of bad trials while all is well. */
  readonly usual: number;
  /** The share that is looked for. */
  readonly raised: number;
  /** How much evidence for the second and against the first raises the warning, in natural logarithms of odds. */
  readonly alarm: number;
}

/** How far a row of trials speaks for a change. Plain JSON; every trial gives another one. */
export const driftSchema = z.object({
  /** Evidence, 0 to a little more than the alarm. */
  sum: z.number(),
  /** The warning stands. */
  raised: z.boolean(),
});
export type Drift = Readonly<z.infer<typeof driftSchema>>;

export const NO_DRIFT: Drift = { sum: 0, raised: false };

/** Evidence is kept up to so many alarms: a warning goes soon after what raised it. */
const MOST = 1.5;

/**
 * Page's CUSUM over Bernoulli trials ("Continuous Inspection Schemes", Biometrika 41, 1954): the sum of the log-likelihood
 * ratios, never below zero, finds a change of the share sooner than any other test with as few false alarms (Moustakides,
 * 1986). The warning is raised once the sum reaches the alarm, and stands until the sum is zero.
 */
export function drifted({ usual, raised, alarm }: DriftTest, drift: Drift, isBad: boolean): Drift {
  const ratio = isBad ? Math.log(raised / usual) : Math.log((1 - raised) / (1 - usual));
  const sum = Math.min(MOST * alarm, Math.max(0, drift.sum + ratio));
  return { sum, raised: drift.raised ? sum > 0 : sum >= alarm };
}

/** After a row of trials, oldest first. */
export const driftOf = (test: DriftTest, trials: readonly boolean[]): Drift =>
  trials.reduce((drift, isBad) => drifted(test, drift, isBad), NO_DRIFT);
