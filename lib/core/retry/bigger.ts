import type { Resources } from '../model/resources';
import type { Bigger } from '../model/retry-policy';

/**
 * What the next attempt asks for where this one ran out of something: `factor` times as much of each that may grow, in
 * whole amounts, up to its bound. @returns undefined where nothing may grow any more.
 */
export function grown(asked: Resources, { factor, most }: Bigger): Resources | undefined {
  const more = Object.entries(asked).map(([name, amount]) => {
    const bound = most[name] ?? amount;
    return [name, Math.max(amount, Math.min(bound, Math.ceil(amount * factor)))] as const;
  });
  return more.some(([name, amount]) => amount > (asked[name] ?? 0)) ? Object.fromEntries(more) : undefined;
}

/** `slots 2, memory 4000` */
export function amounts(resources: Resources): string {
  return Object.entries(resources)
    .map(([name, amount]) => `${name} ${amount}`)
    .join(', ');
}
