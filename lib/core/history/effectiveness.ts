import { grouped } from '../model/grouped';
import type { StrategyEffect } from './evidence';
import { type Interval, percent, shareInterval } from './interval';
import type { RetrySample } from './samples';

/** Sums up retries by class and strategy, those seen most often first. */
export function effectsOfRetries(retries: readonly RetrySample[]): StrategyEffect[] {
  const sums = new Map<string, StrategyEffect>();
  for (const { class: failureClass, strategy, resolved, waitedMs, spentMs, slotMs } of retries) {
    const key = `${failureClass}/${strategy}`;
    const sum = sums.get(key);
    sums.set(key, {
      ...{ class: failureClass, strategy },
      attempts: (sum?.attempts ?? 0) + 1,
      resolved: (sum?.resolved ?? 0) + (resolved ? 1 : 0),
      waitedMs: (sum?.waitedMs ?? 0) + waitedMs,
      spentMs: (sum?.spentMs ?? 0) + spentMs,
      slotMs: (sum?.slotMs ?? 0) + slotMs,
    });
  }
  return [...sums.values()].sort(
    (a, b) => b.attempts - a.attempts || `${a.class}/${a.strategy}`.localeCompare(`${b.class}/${b.strategy}`),
  );
}

/** How well retries of one strategy do. */
export interface StrategyShare extends StrategyEffect, Interval {
  /** Of `attempts` that were resolved, with the ends of its 95 % interval. */
  readonly share: number;
}

export function withShare(effect: StrategyEffect): StrategyShare {
  const { resolved, attempts } = effect;
  return { ...effect, share: resolved / attempts, ...shareInterval(resolved, attempts) };
}

/** How well they do after failures of one signature and class. */
export interface EffectivenessRow extends StrategyShare {
  readonly signature: string;
  /** What the slots cost that the retries held; absent without a price. */
  readonly costUsd?: number;
  /** What follows, in words. */
  readonly recommendation: string;
}

const MS_PER_HOUR = 3_600_000;

/** Below so many retries nothing follows. */
const TOO_FEW = 5;

/** Where at most this share helps, for all one knows, retries are not worth their time. */
const HOPELESS = 0.1;

/**
 * What retries came to, by signature, class and strategy, the signatures with most retries first.
 * @param slotHourUsd what a slot costs for an hour.
 */
export function effectiveness(
  retries: readonly RetrySample[],
  { slotHourUsd }: { readonly slotHourUsd?: number | undefined } = {},
): EffectivenessRow[] {
  const bySignature = grouped(retries, ({ signature }) => signature);
  const groups = [...bySignature].sort(([a, x], [b, y]) => y.length - x.length || a.localeCompare(b));
  return groups.flatMap(([signature, group]) => {
    const effects = effectsOfRetries(group);
    return effects.map((effect) => ({
      signature,
      ...withShare(effect),
      ...(slotHourUsd === undefined ? {} : { costUsd: (effect.slotMs / MS_PER_HOUR) * slotHourUsd }),
      recommendation: recommend(effect, effects),
    }));
  });
}

function recommend(effect: StrategyEffect, all: readonly StrategyEffect[]): string {
  const { attempts, resolved } = effect;
  if (attempts < TOO_FEW) return `too few retries to tell: ${attempts} of ${TOO_FEW}`;
  const { low, high } = shareInterval(resolved, attempts);
  const better = all
    .filter((other) => other !== effect && other.class === effect.class && other.attempts >= TOO_FEW)
    .map((other) => ({ other, low: shareInterval(other.resolved, other.attempts).low }))
    .filter((other) => other.low > high)
    .sort((a, b) => b.low - a.low)[0];
  if (better) return `use ${better.other.strategy} instead, which helps more often`;
  if (high <= HOPELESS) return `do not retry: at most ${percent(high)} of retries help`;
  if (low >= 0.5) return `keep it: at least ${percent(low)} of retries help`;
  return `it helps in ${percent(low)} to ${percent(high)} of cases: bound the attempts`;
}
