import { createReportingClient } from '../../../../lib/adapters/http/reporting-client';

/** A system that answers so, and virtual time: sleeping moves the clock. */
function world(answer: (call: number) => number | Error) {
  const seen: { url: string; headers: Record<string, string> }[] = [];
  let now = 1_000;
  const fetch = (async (url: string, { headers }: { headers: Record<string, string> }) => {
    seen.push({ url, headers });
    const said = answer(seen.length);
    if (said instanceof Error) throw said;
    return new Response(JSON.stringify(said === 200 ? { trends: [] } : {}), { status: said });
  }) as unknown as typeof globalThis.fetch;
  const sleep = async (ms: number): Promise<unknown> => {
    now += ms;
    return undefined;
  };
  const client = (retryForMs: number, more: { token?: string; signal?: AbortSignal } = {}) =>
    createReportingClient({
      ...{ url: 'http://r/base/', retryForMs, fetch, ...more },
      timing: { clock: () => now, random: () => 0.999, sleep },
    });
  return { client, seen, wait: (ms: number) => (now += ms), now: () => now };
}

const criteria = { from: 0, to: 1 };

describe('the client of a reporting system', () => {
  it('calls below its address, with its token', async () => {
    const { client, seen } = world(() => 200);
    await client(0, { token: 't' }).getCapacityTrends(criteria);
    expect(seen).toMatchObject([
      { url: 'http://r/base/capacity-trends?from=0&to=1', headers: { authorization: 'Bearer t' } },
    ]);
    await client(0).getCapacityTrends(criteria);
    expect(seen[1]?.headers).not.toHaveProperty('authorization');
  });

  it('leaves one alone that failed five times in a row, and asks it again later', async () => {
    const { client, seen, wait } = world((call) => (call <= 5 ? 503 : 200));
    const reporting = client(0);
    for (let i = 0; i < 5; i++) {
      await expect(reporting.getCapacityTrends(criteria)).rejects.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
      });
    }
    await expect(reporting.getFailurePatterns(criteria)).rejects.toThrow(
      /left alone for 30 s: 5 failures in a row/,
    );
    expect(seen).toHaveLength(5);
    wait(30_000);
    expect(await reporting.getCapacityTrends(criteria)).toEqual([]);
  });

  it('has a call wait for its breaker where it may wait that long', async () => {
    const { client, seen, now } = world((call) => (call <= 5 ? new Error('no route') : 200));
    await client(120_000).getCapacityTrends(criteria);
    expect(seen).toHaveLength(6);
    expect(now()).toBeGreaterThanOrEqual(31_000);
  });

  it('does not count refusals: one that refuses is there', async () => {
    const { client, seen } = world((call) => (call <= 6 ? 400 : 200));
    const reporting = client(0);
    for (let i = 0; i < 6; i++) await expect(reporting.getCapacityTrends(criteria)).rejects.toThrow(/400/);
    await reporting.getCapacityTrends(criteria);
    expect(seen).toHaveLength(7);
  });

  it('gives up when it is told to', async () => {
    const closing = new AbortController();
    const { client, seen } = world(() => {
      closing.abort();
      return 503;
    });
    const call = client(60_000, { signal: closing.signal }).getCapacityTrends(criteria);
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(seen).toHaveLength(1);
  });
});
