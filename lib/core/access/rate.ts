/** How often one caller may ask: so many at once, and so many a second from then on. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A token bucket: how full it was, and when, in milliseconds. A full one is as good as none. */
export interface Bucket {
  readonly level: number;
  readonly at: number;
}

/** What sums of fractions are off by. */
const DUST = 1e-6;

/** Takes one. Without room nothing is taken, and it says when there is some, in milliseconds from now. */
export function takeOne(
  { perSecond, burst }: Rate,
  bucket: Bucket | undefined,
  now: number,
): { readonly bucket: Bucket; readonly waitMs: number } {
  const { level, at } = bucket ?? { level: burst, at: now };
  // A clock that goes back fills nothing.
  const filled = Math.min(burst, level + (Math.max(0, now - at) * perSecond) / 1_000);
  if (filled >= 1 - DUST) return { bucket: { level: Math.max(0, filled - 1), at: now }, waitMs: 0 };
  const waitMs = Math.ceil(((1 - filled) * 1_000) / perSecond - DUST);
  return { bucket: { level: filled, at: now }, waitMs };
}
