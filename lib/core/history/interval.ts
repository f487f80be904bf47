/** Of the standard normal distribution: 95 % lie within so many deviations. */
const Z = 1.959963984540054;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The 95 % score interval of Wilson (1927) for a share of which `hits` of `trials` were seen: its coverage is close to
 * what it states for small samples and for shares near 0 and 1, where the textbook interval fails. Without trials it is
 * everything: 0 to 1.
 *
 *     (p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n)
 *
 * @param hits whole, 0 to `trials`. @param trials whole.
 */
export function shareInterval(hits: number, trials: number): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const share = hits / trials;
  const z2 = Z * Z;
  const centre = share + z2 / (2 * trials);
  const spread = Z * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  const whole = 1 + z2 / trials;
  // At the ends rounding would leave the interval a hair beyond what a share can be.
  return {
    low: hits === 0 ? 0 : Math.max(0, (centre - spread) / whole),
    high: hits === trials ? 1 : Math.min(1, (centre + spread) / whole),
  };
}

/** A share in words: `93 %`. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
