/** How many of some trials were bad. Whole, `bad` 0 to `of`. */
export interface Tally {
  readonly bad: number;
  readonly of: number;
}

/**
 * The chance that one side has at least as many bad trials as it has, were they dealt out to both sides by lot: Fisher's exact
 * test, one-sided (Fisher, "The Logic of Inductive Inference", 1935). Exact for small samples, where tests that approximate
 * are wrong. 1 where nothing is bad. O(trials of `own`, squared): meant for few of them.
 */
export function chanceOf(own: Tally, others: Tally): number {
  const bad = own.bad + others.bad;
  const all = own.of + others.of;
  const most = Math.min(own.of, bad);
  const total = logChoose(all, own.of);
  let chance = 0;
  for (let k = own.bad; k <= most; k++) {
    if (own.of - k > all - bad) continue;
    chance += Math.exp(logChoose(bad, k) + logChoose(all - bad, own.of - k) - total);
  }
  return Math.min(1, chance);
}

/** Of the binomial coefficient. O(k). */
function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}
