import { effectiveness, effectsOfRetries } from '../../../../lib/core/history/effectiveness';
import type { RetrySample } from '../../../../lib/core/history/samples';

let n = 0;

function retries(
  strategy: string,
  resolved: number,
  of: number,
  rest: Partial<RetrySample> = {},
): RetrySample[] {
  return Array.from({ length: of }, (_, i) => {
    n += 1;
    return {
      ...{ jobId: `j${n}`, nodeId: 'n', attempt: 2, at: n, signature: 'a'.repeat(16), class: 'network' },
      ...{ strategy, resolved: i < resolved, waitedMs: 1_000, spentMs: 60_000, slotMs: 120_000 },
      ...rest,
    } as RetrySample;
  });
}

const recommended = (...all: RetrySample[][]) =>
  Object.fromEntries(
    effectiveness(all.flat()).map(({ strategy, recommendation }) => [strategy, recommendation]),
  );

describe('the effectiveness of retries', () => {
  it('is nothing where nothing was retried', () => {
    expect(effectiveness([])).toEqual([]);
  });

  it('sums up attempts, time and what it cost by signature, class and strategy', () => {
    const other = retries('here', 1, 1, { signature: 'b'.repeat(16) });
    const rows = effectiveness([...other, ...retries('here', 3, 4), ...retries('elsewhere', 0, 1)], {
      slotHourUsd: 3,
    });
    expect(rows.map(({ signature, strategy }) => `${signature[0]} ${strategy}`)).toEqual([
      ...['a here', 'a elsewhere', 'b here'],
    ]);
    expect(rows[0]).toMatchObject({
      ...{ attempts: 4, resolved: 3, share: 0.75, waitedMs: 4_000, spentMs: 240_000, slotMs: 480_000 },
      costUsd: 0.4,
    });
  });

  it('names no cost without a price', () => {
    expect(effectiveness(retries('here', 1, 1))[0]).not.toHaveProperty('costUsd');
  });

  it('recommends nothing from a handful of retries', () => {
    expect(recommended(retries('here', 4, 4))).toEqual({ here: 'too few retries to tell: 4 of 5' });
  });

  it('recommends to keep what helps, and to give up what does not', () => {
    expect(recommended(retries('here', 20, 20))['here']).toMatch(/^keep it: at least 84 %/);
    expect(recommended(retries('here', 0, 50))['here']).toMatch(/^do not retry: at most 7 %/);
    expect(recommended(retries('here', 5, 15))['here']).toMatch(/^it helps in 15 % to 58 % of cases/);
  });

  it('recommends another strategy that is better for all one knows, of the same class', () => {
    const [here, elsewhere] = [retries('here', 2, 20), retries('elsewhere', 18, 20)];
    expect(recommended(here, elsewhere)['here']).toBe('use elsewhere instead, which helps more often');
    const otherClass = elsewhere.map((retry) => ({ ...retry, class: 'timeout' as const }));
    expect(recommended(here, otherClass)['here']).toMatch(/^it helps in/);
  });
});

describe('the effects of retries', () => {
  it('come with what was tried most often first', () => {
    const effects = effectsOfRetries([...retries('b', 0, 1), ...retries('c', 0, 1), ...retries('a', 0, 2)]);
    expect(effects.map(({ strategy }) => strategy)).toEqual(['a', 'b', 'c']);
  });
});
