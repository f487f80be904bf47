import { parseGraphDocument } from '../../../../../lib/core/dag/parse';
import { isRepriseError } from '../../../../../lib/core/errors';
import { LIMITS } from '../../../../../lib/core/limits';

function problemsOf(document: object): string[] {
  try {
    parseGraphDocument({ name: 'g', ...document });
    return [];
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    return error.problems.map(({ code, message }) => `${code} ${message}`);
  }
}

const tooLong =
  /^GRAPH_TOO_LARGE nodes: the graph has \d+ characters after `shards`, `matrix` and `defaults`, more than/;

describe('text that is multiplied', () => {
  const long = 'x'.repeat(10_000);
  const labels = Array.from({ length: 32 }, (_, i) => `${i}`.padStart(64, 'l'));
  const named = (i: number) => `r${i}`.padEnd(64, 'x');
  const resources = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [named(i), 1]));
  const many = Array.from({ length: 20_000 }, (_, i) => ({ id: `n${i}`, run: 'x' }));

  it.each<[string, object]>([
    ['by shards', { nodes: [{ id: 'a', run: long, shards: 20_000 }] }],
    [
      'by a matrix',
      { nodes: [{ id: 'a', run: long, matrix: { v: Array.from({ length: 20_000 }, (_, i) => i) } }] },
    ],
    [
      'by shards, of a condition',
      { nodes: [{ id: 'a', run: 'x', when: `true /* ${'x'.repeat(2_000)} */`, shards: 20_000 }] },
    ],
    ['by defaults, of labels', { defaults: { labels }, nodes: many }],
    ['by defaults, of resources', { defaults: { resources }, nodes: many }],
    [
      'by needs',
      {
        nodes: [
          ...Array.from({ length: 25 }, (_, i) => ({ id: `${i}`.padStart(60, 'n'), run: 'x' })),
          {
            id: 'a',
            run: 'x',
            shards: 19_000,
            needs: Array.from({ length: 25 }, (_, i) => `${i}`.padStart(60, 'n')),
          },
        ],
      },
    ],
  ])('%s has a bound', (_, document) => {
    expect(problemsOf(document)).toEqual([expect.stringMatching(tooLong)]);
  });

  it('is counted before anything of it is written', () => {
    const before = process.memoryUsage().heapUsed;
    problemsOf({ nodes: [{ id: 'a', run: 'x'.repeat(LIMITS.runLength), shards: 20_000 }] });
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000 * LIMITS.runLength);
  });

  it('has a bound for each command once its variables are in it', () => {
    const document = {
      nodes: [{ id: 'a', run: '{{ v }}'.repeat(4_000), matrix: { v: ['y', 'x'.repeat(20)] } }],
    };
    const most = LIMITS.runLength;
    expect(problemsOf(document)).toEqual([
      `GRAPH_INVALID nodes[0].run: has 88000 characters once its variables are filled in, more than ${most}`,
    ]);
    const suites = {
      nodes: [{ id: 'a', suite: '{{ v }}'.repeat(20), matrix: { v: ['y', 'x'.repeat(20)] } }],
    };
    expect(problemsOf(suites)).toEqual([
      'GRAPH_INVALID nodes[0].suite: has 400 characters once its variables are filled in, more than 256',
    ]);
  });

  it('may fill what it was given room for', () => {
    expect(problemsOf({ nodes: [{ id: 'a', run: long, shards: 1_000 }] })).toEqual([]);
    expect(problemsOf({ nodes: many })).toEqual([]);
  });

  it('leaves an id that grew too long to be refused as one', () => {
    const matrix = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`v${i}`, ['x'.repeat(256)]]));
    expect(problemsOf({ nodes: [{ id: 'a', run: 'x', matrix }] })).toEqual([
      expect.stringMatching(
        /^GRAPH_INVALID nodes\[0\]\.matrix: gives a node the id "a-x+", which is longer than 64/,
      ),
    ]);
  });
});
