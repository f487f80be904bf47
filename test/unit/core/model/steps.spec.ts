import { createCompute, type Steps } from '../../../../lib/core/model/steps';

/** Computations of a process whose clock goes on by a millisecond a step. */
function world(sliceMs: number) {
  let now = 0;
  const seen: string[] = [];
  const compute = createCompute({
    now: () => now,
    sliceMs,
    async pause() {
      seen.push('pause');
    },
  });
  function* counted(name: string, steps: number): Steps<string> {
    for (let i = 1; i <= steps; i++) {
      now += 1;
      seen.push(`${name}${i}`);
      yield;
    }
    return name;
  }
  return { compute, counted, seen };
}

describe('a long computation', () => {
  it('lets others have the process after each slice', async () => {
    const { compute, counted, seen } = world(2);
    expect(await compute(counted('a', 5))).toBe('a');
    expect(seen.slice(0, 7)).toEqual(['a1', 'a2', 'pause', 'a3', 'a4', 'pause', 'a5']);
  });

  it('does not keep a short one waiting until it is done', async () => {
    const { compute, counted, seen } = world(1);
    const long = compute(counted('a', 4));
    expect(await compute(counted('b', 1))).toBe('b');
    expect(seen).not.toContain('a4');
    expect(await long).toBe('a');
    expect(seen.filter((each) => each !== 'pause')).toEqual(['a1', 'a2', 'b1', 'a3', 'a4']);
  });

  it('fails alone', async () => {
    const { compute, counted } = world(1);
    function* failing(): Steps<never> {
      yield* counted('b', 2);
      throw new Error('no worker has that');
    }
    const [good, bad] = await Promise.allSettled([compute(counted('a', 5)), compute(failing())]);
    expect(good).toEqual({ status: 'fulfilled', value: 'a' });
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'no worker has that' } });
    expect(await compute(counted('c', 1))).toBe('c');
  });
});
