import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { nodeSchema } from '../../../../../lib/core/dag/check/schema';
import { parseGraphDocument } from '../../../../../lib/core/dag/parse';
import { isRepriseError } from '../../../../../lib/core/errors';
import { BACKOFF_STRATEGIES, type RetryPolicy } from '../../../../../lib/core/model/retry-policy';
import { backoff } from '../../../../../lib/core/retry/backoff';

const document = (retry: object, defaults?: object) => ({
  name: 'g',
  ...(defaults && { defaults: { retry: defaults } }),
  nodes: [{ id: 'a', run: 'x', retry }],
});
const policyOf = (retry: object, defaults?: object) =>
  parseGraphDocument(document(retry, defaults)).nodes[0]?.retry;

function problemsOf(retry: object, defaults?: object): string[] {
  try {
    parseGraphDocument(document(retry, defaults));
  } catch (error) {
    if (isRepriseError(error)) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

describe('the retry of a node', () => {
  it('has a jitter that goes with its strategy, where it names none', () => {
    const jitters = ['none', 'fixed', 'linear', 'exponential', 'fibonacci', 'decorrelated'].map(
      (strategy) => policyOf({ strategy })?.jitter,
    );
    expect(jitters).toEqual(['none', 'none', 'full', 'full', 'full', 'none']);
    expect(policyOf({ strategy: 'fixed', jitter: 'equal' })?.jitter).toBe('equal');
  });

  it.each([
    ['fixed', { strategy: 'fixed', initialDelay: '2s' }, [2_000, 2_000, 2_000]],
    ['custom', { strategy: 'custom', delays: ['1s', '10s'] }, [1_000, 10_000, 10_000]],
    ['none', { strategy: 'none' }, [0, 0, 0]],
  ])('%s waits what it says, whatever is drawn', (_, retry, waits) => {
    const policy = policyOf(retry) as RetryPolicy;
    for (const drawn of [0, 0.5, 0.999])
      expect([1, 2, 3].map((failures) => backoff(policy, failures, drawn).delayMs)).toEqual(waits);
  });

  it('has the jitter by default that the documentation and the schema say', () => {
    const own = BACKOFF_STRATEGIES.filter((strategy) => strategy !== 'decorrelated');
    const rows = readFileSync('docs/retries.md', 'utf8').split('\n');
    const schema = JSON.stringify(z.toJSONSchema(nodeSchema, { io: 'input', unrepresentable: 'any' }));
    for (const strategy of own) {
      const jitter = policyOf({ strategy, ...(strategy === 'custom' && { delays: ['1s'] }) })?.jitter;
      const told = rows
        .filter((row) => row.startsWith(`| \`${strategy}\``))
        .map((row) => row.split('|').at(-2)?.trim());
      expect(told.length).toBeGreaterThan(0);
      for (const each of told) expect([strategy, each?.replace(/:.*/, '')]).toEqual([strategy, jitter]);
      expect(schema).toContain(`${jitter} for ${strategy}`);
    }
  });

  it('is bounded by what it says: a delay that somebody wrote is no longer than a cap that nobody wrote', () => {
    expect(policyOf({ strategy: 'custom', delays: ['1s', '5m'] })).toEqual({
      strategy: 'custom',
      initialDelayMs: 1_000,
      maxDelayMs: 300_000,
      maxAttempts: 3,
      jitter: 'none',
      delaysMs: [1_000, 300_000],
    });
    expect(policyOf({ strategy: 'custom', delay: '60 * n' })).toMatchObject({
      delay: '60 * n',
      maxDelayMs: 1_209_600_000,
    });
  });

  it('takes the delays of the defaults only while it is custom like them', () => {
    const defaults = { strategy: 'custom', delays: ['1s'] };
    expect(policyOf({ maxAttempts: 5 }, defaults)).toMatchObject({ strategy: 'custom', delaysMs: [1_000] });
    expect(policyOf({ strategy: 'fixed' }, defaults)).not.toHaveProperty('delaysMs');
    expect(policyOf({ delay: 'n' }, defaults)).not.toHaveProperty('delaysMs');
  });

  it('keeps budget, classes and what may grow', () => {
    const retry = {
      maxTime: '1h',
      on: ['network', 'timeout'],
      bigger: { most: { slots: 4, memory: 8_000 } },
    };
    expect(policyOf(retry)).toMatchObject({
      maxTimeMs: 3_600_000,
      on: ['network', 'timeout'],
      bigger: { factor: 2, most: { slots: 4, memory: 8_000 } },
    });
    expect(policyOf({ on: 'any' })?.on).toBe('any');
    expect(policyOf({ on: 'evidence' })).not.toHaveProperty('on');
  });

  it.each([
    [{ strategy: 'custom' }, 'custom needs `delays` (a list, such as [1s, 10s]) or `delay` (an expression)'],
    [
      { strategy: 'custom', delays: ['1s'], delay: 'n' },
      '`delays` and `delay` exclude each other: keep one of them',
    ],
    [{ delays: ['1s'] }, '`delays` goes with strategy: custom, not with exponential'],
    [
      { strategy: 'decorrelated', jitter: 'full' },
      'decorrelated draws its delays itself: leave `jitter` out',
    ],
    [{ strategy: 'custom', delay: 'n +' }, '"n +": it ends where a value should stand'],
    [{ strategy: 'fibonaci' }, 'did you mean "fibonacci"?'],
    [
      { on: 'allways' },
      '"allways" is not one of any, evidence, or a list of classes such as [network, timeout]',
    ],
    [{ on: ['network', 'timeot'] }, 'did you mean "timeout"?'],
    [{ maxtime: '1s' }, 'did you mean "maxTime"?'],
    [{ bigger: { most: { slots: 2 }, facter: 3 } }, 'did you mean "factor"?'],
    [{ bigger: {} }, '`most` is missing'],
  ])('that is %j is refused', (retry, message) => {
    expect(problemsOf(retry).join()).toContain(message);
  });

  it('is refused where it contradicts the defaults of the graph', () => {
    expect(problemsOf({ maxDelay: '1s' }, { initialDelay: '2s' })).toEqual([
      'nodes[0].retry.maxDelay: maxDelay (1000 ms) is shorter than initialDelay (2000 ms)',
    ]);
  });
});

describe('the type of a graph', () => {
  it('is that of its jobs', () => {
    expect(parseGraphDocument({ ...document({}), type: 'CRITICAL' }).type).toBe('CRITICAL');
    expect(parseGraphDocument(document({}))).not.toHaveProperty('type');
  });
});
