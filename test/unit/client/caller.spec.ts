import { type CallerOptions, createCaller } from '../../../lib/client/caller';

/** An API that is busy some times, and virtual time: sleeping moves the clock. */
function world(failures: number, busy: () => Response = () => new Response('busy', { status: 503 })) {
  const waits: number[] = [];
  const told: { readonly message: string; readonly delayMs: number }[] = [];
  let now = 5_000;
  let calls = 0;
  const fake = (async () =>
    calls++ < failures ? busy() : new Response(JSON.stringify(calls))) as unknown as typeof fetch;
  const timing = {
    clock: () => now,
    random: () => 0.999_999,
    sleep: async (ms: number): Promise<unknown> => {
      waits.push(ms);
      now += ms;
      return undefined;
    },
  };
  const onRetry = ({ message }: Error, delayMs: number) => void told.push({ message, delayMs });
  function caller(
    forMs: number,
    {
      signal,
      read,
      ...over
    }: Partial<typeof timing> & Partial<CallerOptions> & { signal?: AbortSignal } = {},
  ) {
    const retry = { forMs, onRetry, ...(signal && { signal }) };
    const own = { timing: { ...timing, ...over }, ...(read && { read }) };
    return createCaller({ api: 'http://api/', token: 't', timeoutMs: 1_000, retry, fetch: fake, ...own });
  }
  return { caller, waits, told, calls: () => calls };
}

describe('a call of the API that fails', () => {
  it('waits with full jitter under a doubling ceiling of at most 10 s', async () => {
    const { caller, waits, told } = world(8);
    expect(await caller(60_000)('listTargets', {})).toBe(9);
    expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
    expect(told.map(({ delayMs }) => delayMs)).toEqual(waits);
    const other = world(1);
    await other.caller(60_000, { random: () => 0 })('listTargets', {});
    expect(other.waits).toEqual([0]);
  });

  it('goes on for as long as it may, and throws the last error', async () => {
    let n = 0;
    const { caller, waits } = world(99, () => new Response(`busy ${++n}`, { status: 503 }));
    await expect(caller(3_000)('listTargets', {})).rejects.toThrow('busy 5');
    expect(waits).toEqual([200, 400, 800, 1_600]);
  });

  it('goes on for as long as this one may, whatever holds for the others', async () => {
    const { caller, waits, calls } = world(99);
    await expect(caller(60_000)('listTargets', {}, { forMs: 0 })).rejects.toThrow('busy');
    expect([calls(), waits]).toEqual([1, []]);
  });

  it('outlasts hundreds of failures when it has no limit', async () => {
    const { caller, waits } = world(2_000);
    expect(await caller(Number.POSITIVE_INFINITY)('listTargets', {})).toBe(2_001);
    expect(Math.max(...waits)).toBe(10_000);
  });

  it('waits as long as the answer asks', async () => {
    const headers = { 'retry-after': '7' };
    const { caller, waits } = world(1, () => new Response('busy', { status: 503, headers }));
    await caller(60_000)('listTargets', {});
    expect(waits).toEqual([7_000]);
  });

  it('is not repeated where another try would mend nothing', async () => {
    const { caller, waits, calls } = world(1, () => new Response('no', { status: 403 }));
    await expect(caller(60_000)('listTargets', {})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect([calls(), waits]).toEqual([1, []]);
  });

  it('is not repeated after an error of our own', async () => {
    const bug = new Error('bug');
    const read = () => {
      throw bug;
    };
    const { caller, waits, calls } = world(0);
    await expect(caller(60_000, { read })('listTargets', {})).rejects.toBe(bug);
    expect([calls(), waits]).toEqual([1, []]);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const { caller, calls } = world(99);
    const sleep = async () => stop.abort();
    await expect(caller(60_000, { sleep, signal: stop.signal })('listTargets', {})).rejects.toThrow('busy');
    expect(calls()).toBe(2);
  });
});

describe('a call of the API', () => {
  it('puts parameters into their places, and leaves out what is not given', async () => {
    const sent: [string, RequestInit | undefined][] = [];
    const fake = (async (url: string, init?: RequestInit) => {
      sent.push([url, init]);
      return new Response('{}');
    }) as unknown as typeof fetch;
    const timing = { clock: () => 0, random: () => 0, sleep: async () => undefined };
    const common = { api: 'http://api/stage/', token: 't', timeoutMs: 1_000, fetch: fake };
    const ask = createCaller({ ...common, timing, retry: { forMs: 0 } });
    await ask('getJobEvents', { path: { jobId: 'a/b?c' }, query: { from: 3, limit: undefined } });
    await ask(
      'cancelJob',
      { path: { jobId: 'j' }, body: { reason: 'a "b"' } },
      { headers: { 'X-Trace-Id': 'f' } },
    );
    expect(sent.map(([url, { method, body } = {}]) => [method, url, body])).toEqual([
      ['GET', 'http://api/stage/jobs/a%2Fb%3Fc/events?from=3', undefined],
      ['POST', 'http://api/stage/jobs/j/cancel', '{"reason":"a \\"b\\""}'],
    ]);
    expect(sent[1]?.[1]?.headers).toEqual({
      ...{ authorization: 'Bearer t', 'content-type': 'application/json', 'X-Trace-Id': 'f' },
    });
  });
});
