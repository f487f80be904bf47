import { FNV_OFFSET, fnv1a } from '../core/model/fnv';
import type { Random } from '../core/model/time';

/**
 * A number in [0, 1) that depends on the seed and a name alone, and not on what was drawn before: taking one fault out of
 * a run leaves every other one as it was. FNV-1a with the finaliser of MurmurHash3.
 */
export function draw(seed: number, name: string): number {
  return drawn(begun(seed, name));
}

/** What is known of a draw from the beginning of its name: `drawn(further(begun(seed, 'a'), 'b'))` is `draw(seed, 'ab')`. */
export function begun(seed: number, name: string): number {
  return fnv1a(name, (seed ^ FNV_OFFSET) | 0);
}

/** The same with more of the name. */
export function further(hash: number, name: string): number {
  return fnv1a(name, hash);
}

/** The number once the name is at its end. */
export function drawn(whole: number): number {
  let hash = whole;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / 4_294_967_296;
}

/** A seed that follows from another one and a name. */
export function derivedSeed(seed: number, name: string): number {
  return Math.floor(draw(seed, name) * 4_294_967_296);
}

/** Numbers in a row, the same for the same seed: mulberry32. */
export function seeded(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of several; the first where there is none. */
export function pick<T>(items: readonly T[], lot: number): T {
  return items[Math.floor(lot * items.length)] as T;
}

/** A whole number from `least` to `most`. */
export function between(least: number, most: number, lot: number): number {
  return least + Math.floor(lot * (most - least + 1));
}
