import { inputHash, type NodeInput } from '../../../../lib/core/history/input-hash';
import { namedTest, testKey } from '../../../../lib/core/history/test-key';

const input: NodeInput = {
  node: 'a'.repeat(16),
  parameters: { commit: 'c0ffee' },
  needs: { build: { outcome: 'succeeded', outputs: { image: 'x', size: 3 } }, lint: { outcome: 'skipped' } },
};

describe('the hash of what an attempt was given', () => {
  it('is the same whatever the order in which it is said', () => {
    const { build, lint } = input.needs as Required<NodeInput>['needs'];
    expect(inputHash({ ...input, needs: { lint: lint!, build: build! } })).toBe(inputHash(input));
    expect(inputHash(input)).toMatch(/^[0-9a-f]{16}$/);
  });

  it('takes no parameters for none', () => {
    const { parameters: _, ...rest } = input;
    expect(inputHash(rest)).toBe(inputHash({ ...rest, parameters: {} }));
  });

  it.each<[string, Partial<NodeInput>]>([
    ['what the node does', { node: 'b'.repeat(16) }],
    ['what the job was told', { parameters: { commit: 'deadbeef' } }],
    ['how a need ended', { needs: { ...input.needs, lint: { outcome: 'failed' } } }],
    ['what a need handed on', { needs: { ...input.needs, lint: { outcome: 'skipped', outputs: {} } } }],
  ])('changes with %s', (_, change) => {
    expect(inputHash({ ...input, ...change })).not.toBe(inputHash(input));
  });
});

describe('the key of a test', () => {
  const id = {
    runner: 'playwright',
    project: 'firefox',
    file: 'cart.spec.ts',
    suites: ['Cart'],
    title: 'adds',
  };

  it('tells tests apart that differ in anything, such as the browser', () => {
    const others = [
      { ...id, project: 'webkit' },
      { ...id, suites: [] },
      { ...id, occurrence: 2 },
    ];
    expect(new Set([id, ...others].map(testKey)).size).toBe(4);
  });

  it('does not change with where the runner finds the test', () => {
    expect(testKey({ ...id, address: 'cart.spec.ts:12' } as typeof id)).toBe(testKey(id));
  });

  it('goes with a name that a person can read, however long it is', () => {
    expect(namedTest(id).name).toBe('[firefox] cart.spec.ts › Cart › adds');
    const { project: _, ...plain } = id;
    expect(namedTest({ ...plain, occurrence: 2 }).name).toBe('cart.spec.ts › Cart › adds (2)');
    expect(namedTest({ ...id, title: 'x'.repeat(500) }).name).toHaveLength(200);
  });
});
