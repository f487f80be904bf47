import type { StrategyEffect } from '../history/evidence';
import { percent, shareInterval } from '../history/interval';
import type { RetryStrategy } from '../model/retry-policy';

/** What there is to choose from, what one would do without knowing anything first. */
export type Candidates = readonly [RetryStrategy, ...RetryStrategy[]];

export interface Learned {
  /** `none`: nothing of this has helped, so it is not tried again. */
  readonly choice: RetryStrategy | 'none';
  readonly why: string;
}

/** A strategy is given up for good where at most this share can be helped, for all one knows. */
const HOPELESS = 0.05;
/** One that is no first choice, where none of so many retries helped. */
const ENOUGH = 5;

/** More than this of one strategy says no more: what is longer ago counts for less. */
const MOST_SAMPLES = 200;

/** Assumed of the time that a retry takes where nobody has measured one. */
const UNMEASURED_MS = 60_000;

/**
 * What to do after a failure of a known signature, by what retries of it came to: the strategy that is expected to spend
 * the least time until one helps. For strategy s with n retries of which r helped, costing c each (wait and run):
 *
 * - A bounded share of decisions explores, by Thompson sampling: the least c / x with x drawn from Beta(1 + r, 1 + n - r).
 * - All others take the first candidate, unless another is better beyond doubt: c by the lower end of the 95 % interval
 *   of its share is less than c by the upper end of the first's.
 * - Where at most 5 % of the first can help, by the same interval, and none of 5 or more of each other has, nothing is
 *   tried.
 *
 * @param explore the share that explores, 0 to 1. @param random uniform in [0, 1); all that is drawn follows from it.
 * @returns undefined where history changes nothing.
 */
export function learned(
  candidates: Candidates,
  effects: readonly StrategyEffect[],
  { explore, random }: { readonly explore: number; readonly random: number },
): Learned | undefined {
  const arms = candidates.map((strategy) => armOf(strategy, effects));
  const [first, ...others] = arms as [Arm, ...Arm[]];
  const next = numbersFrom(random);
  if (next() < explore) {
    const drawn = cheapest(arms, (arm) => draw(arm, next));
    return drawn === first ? undefined : { choice: drawn.strategy, why: `explores ${drawn.strategy}` };
  }
  if (isHopeless(first) && others.every((arm) => isHopeless(arm) || isUseless(arm))) {
    const tried = arms.reduce((sum, { attempts }) => sum + attempts, 0);
    const helped = arms.reduce((sum, { resolved }) => sum + resolved, 0);
    return { choice: 'none', why: `${helped} of ${tried} retries of this failure have helped` };
  }
  if (others.length === 0) return undefined;
  const best = cheapest(others, (arm) => shareInterval(arm.resolved, arm.attempts).low);
  const { low } = shareInterval(best.resolved, best.attempts);
  const { high } = shareInterval(first.resolved, first.attempts);
  if (low === 0 || best.costMs / low >= first.costMs / high) return undefined;
  const { strategy, resolved, attempts } = best;
  return {
    choice: strategy,
    why: `${strategy} has helped in ${resolved} of ${attempts}, at least ${percent(low)}`,
  };
}

interface Arm {
  readonly strategy: RetryStrategy;
  readonly attempts: number;
  readonly resolved: number;
  readonly costMs: number;
}

function armOf(strategy: RetryStrategy, effects: readonly StrategyEffect[]): Arm {
  const own = effects.filter((effect) => effect.strategy === strategy);
  const total = (rows: readonly StrategyEffect[], of: (row: StrategyEffect) => number) =>
    rows.reduce((sum, row) => sum + of(row), 0);
  const attempts = total(own, (row) => row.attempts);
  // One that was never tried is taken to cost what the others did.
  const rows = attempts > 0 ? own : effects;
  const measured = total(rows, (row) => row.attempts);
  const spentMs = total(rows, (row) => row.waitedMs + row.spentMs);
  const costMs = measured > 0 ? Math.max(1, spentMs / measured) : UNMEASURED_MS;
  const scale = Math.min(1, MOST_SAMPLES / Math.max(1, attempts));
  const resolved = total(own, (row) => row.resolved);
  return { strategy, costMs, attempts: Math.round(attempts * scale), resolved: Math.round(resolved * scale) };
}

const isHopeless = ({ attempts, resolved }: Arm): boolean =>
  shareInterval(resolved, attempts).high <= HOPELESS;
const isUseless = ({ attempts, resolved }: Arm): boolean => attempts >= ENOUGH && resolved === 0;

function cheapest(arms: readonly Arm[], shareOf: (arm: Arm) => number): Arm {
  const costs = arms.map((arm) => arm.costMs / Math.max(shareOf(arm), Number.MIN_VALUE));
  return arms[costs.indexOf(Math.min(...costs))] as Arm;
}

/** From Beta(1 + r, 1 + n - r), as a ratio of sums of exponential variates. */
function draw({ resolved, attempts }: Arm, next: () => number): number {
  const gamma = (shape: number) => {
    let sum = 0;
    for (let i = 0; i < shape; i++) sum -= Math.log(1 - next());
    return sum;
  };
  const helped = gamma(1 + resolved);
  return helped / (helped + gamma(1 + attempts - resolved));
}

/** As many numbers in [0, 1) as are asked for, from one (splitmix32 over its bits). */
function numbersFrom(random: number): () => number {
  let state = Math.floor(random * 2 ** 32) | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
