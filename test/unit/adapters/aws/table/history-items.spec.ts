import { attemptItem, retryItems } from '../../../../../lib/adapters/aws/table/history-items';

const longest = 'x'.repeat(64);
const of = { jobId: longest, nodeId: longest, attempt: 1_000_000, at: 1_795_000_000_000 };
const digest = 'a'.repeat(16);

/** As DynamoDB counts it, or a little more: names and values as text. */
const bytesOf = (item: object): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + name.length + JSON.stringify(value).length, 0);

describe('the items of a sample', () => {
  const sample = { ...of, node: digest, input: digest, durationMs: 31_536_000_000 };

  it('of an attempt that passed is one, of one write unit, and in no index', () => {
    const item = attemptItem('owner'.repeat(20), { ...sample, passed: true });
    expect(bytesOf(item)).toBeLessThan(1_024);
    expect(item).not.toHaveProperty('gsi1pk');
  });

  it('of an attempt that failed is where flakes are looked for', () => {
    const item = attemptItem('a#b', { ...sample, passed: false });
    expect(item).toMatchObject({ pk: `ATTEMPTS#a%23b#${digest}`, gsi1pk: 'FAILURES#a%23b' });
  });

  it('of a retry are two, under its signature and among those of everyone, forgotten together', () => {
    const items = retryItems('ana', {
      ...{ ...of, signature: digest, class: 'network', strategy: 'again', resolved: true },
      ...{ waitedMs: 1, spentMs: 2, slotMs: 3 },
    });
    const places = items.map((item) => [item['pk'], item['gsi1pk'], item['ttl']]);
    const ttl = 1_795_000_000 + 90 * 86_400;
    expect(places).toEqual([
      [`SIGNATURE#${digest}`, 'RETRIES#ana', ttl],
      ['RETRIES', undefined, ttl],
    ]);
    for (const item of items) expect(bytesOf(item)).toBeLessThan(1_024);
  });
});
