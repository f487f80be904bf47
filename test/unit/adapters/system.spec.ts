import { decodeTime, isValid } from 'ulid';
import { newId } from '../../../lib/adapters/system';

describe('a new id', () => {
  it('is a ULID of now that nobody else has', () => {
    const before = Date.now();
    const ids = Array.from({ length: 10_000 }, newId);
    expect(ids.every(isValid)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    expect(decodeTime(ids[0] as string)).toBeGreaterThanOrEqual(before);
    expect(decodeTime(ids.at(-1) as string)).toBeLessThanOrEqual(Date.now());
  });

  it('has every character in every random place, about as often as the others', () => {
    const random = Array.from({ length: 20_000 }, () => newId().slice(10));
    for (let place = 0; place < 16; place++) {
      const counts = new Map<string, number>();
      for (const text of random) counts.set(text.charAt(place), (counts.get(text.charAt(place)) ?? 0) + 1);
      expect(counts.size).toBe(32);
      // 625 each; eight standard deviations are 197.
      for (const count of counts.values()) expect(Math.abs(count - 625)).toBeLessThan(200);
    }
  });
});
