import { retrying } from '../../../lib/core/retry/retrying';
import { RepriseError } from '../../../lib/core/errors';

const busy = (context = {}) => new RepriseError('UPSTREAM_UNAVAILABLE', 'busy', { context });

/** Virtual time: sleeping moves the clock. */
function world(failures: readonly Error[]) {
  const waits: number[] = [];
  let now = 0;
  let calls = 0;
  const call = async () => {
    const failure = failures[calls++];
    if (failure) throw failure;
    return calls;
  };
  const options = {
    clock: () => now,
    random: () => 0.999_999,
    sleep: async (ms: number) => {
      waits.push(ms);
      now += ms;
    },
  };
  return { call, options, waits };
}

describe('retrying', () => {
  it('waits with full jitter under a doubling ceiling of at most 10 s', async () => {
    const { call, options, waits } = world(Array.from({ length: 8 }, () => busy()));
    expect(await retrying(call, { ...options, forMs: 60_000 })).toBe(9);
    expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
    const other = world([busy()]);
    await retrying(other.call, { ...other.options, random: () => 0, forMs: 60_000 });
    expect(other.waits).toEqual([0]);
  });

  it('goes on for as long as it may, and throws the last error', async () => {
    const { call, options, waits } = world(Array.from({ length: 99 }, () => busy()));
    await expect(retrying(call, { ...options, forMs: 3_000 })).rejects.toThrow('busy');
    expect(waits).toEqual([200, 400, 800, 1_600]);
  });

  it('outlasts hundreds of failures when it has no limit', async () => {
    const { call, options, waits } = world(Array.from({ length: 2_000 }, () => busy()));
    expect(await retrying(call, { ...options, forMs: Number.POSITIVE_INFINITY })).toBe(2_001);
    expect(Math.max(...waits)).toBe(10_000);
  });

  it('waits as long as the answer asks', async () => {
    const { call, options, waits } = world([busy({ retryAfterMs: 7_000 })]);
    await retrying(call, { ...options, forMs: 60_000 });
    expect(waits).toEqual([7_000]);
  });

  it.each([new RepriseError('FORBIDDEN', 'no'), new Error('bug')])('does not repeat %s', async (error) => {
    const { call, options, waits } = world([error]);
    await expect(retrying(call, { ...options, forMs: 60_000 })).rejects.toBe(error);
    expect(waits).toEqual([]);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const { call, options } = world([busy(), busy()]);
    const sleep = async () => stop.abort();
    await expect(retrying(call, { ...options, sleep, signal: stop.signal, forMs: 60_000 })).rejects.toThrow(
      'busy',
    );
  });
});
