import { learned } from '../../../../lib/core/retry/learn';
import { effectOf } from '../../../support/retry-facts';

/** Choices over evenly spread random numbers, and how often each is made. */
function choices(
  candidates: Parameters<typeof learned>[0],
  effects: Parameters<typeof learned>[1],
  explore: number,
) {
  const counts = new Map<string, number>();
  for (let i = 0; i < 2_000; i++) {
    const choice = learned(candidates, effects, { explore, random: i / 2_000 })?.choice ?? candidates[0];
    counts.set(choice, (counts.get(choice) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

describe('the learned choice', () => {
  it('is the first candidate while nothing speaks for another, but for a bounded share', () => {
    const unknown = choices(['again', 'elsewhere'], [effectOf('again', 5, 10)], 0.1);
    expect(unknown['elsewhere']).toBeGreaterThan(20);
    expect(unknown['elsewhere']).toBeLessThan(260);
    expect(choices(['again', 'elsewhere'], [effectOf('again', 5, 10)], 0)).toEqual({ again: 2_000 });
  });

  it('is not moved by a few lucky tries', () => {
    const lucky = [effectOf('again', 6, 12), effectOf('elsewhere', 2, 2)];
    expect(choices(['again', 'elsewhere'], lucky, 0)).toEqual({ again: 2_000 });
  });

  it('weighs what a retry costs against how often it helps', () => {
    const dear = effectOf('bigger', 50, 50, { spentMs: 50 * 100_000 });
    const cheap = effectOf('again', 25, 50);
    expect(choices(['again', 'bigger'], [dear, cheap], 0)).toEqual({ again: 2_000 });
    expect(choices(['bigger', 'again'], [dear, cheap], 0)).toEqual({ again: 2_000 });
  });

  it('is none where nothing helps, and still looks whether that has changed', () => {
    const hopeless = [effectOf('again', 0, 100), effectOf('elsewhere', 0, 5)];
    expect(choices(['again', 'elsewhere'], hopeless, 0)).toEqual({ none: 2_000 });
    expect(choices(['again', 'elsewhere'], hopeless, 0.1)['none']).toBeLessThan(1_900);
    // Too little is known of the other.
    expect(
      choices(['again', 'elsewhere'], [effectOf('again', 0, 100), effectOf('elsewhere', 0, 4)], 0),
    ).toEqual({
      again: 2_000,
    });
  });
});
