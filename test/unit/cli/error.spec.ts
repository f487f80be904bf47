import { errorDocument, errorText } from '../../../lib/cli/render/error';
import { parseGraphDocument } from '../../../lib/core/dag/parse';
import { isRepriseError, RepriseError } from '../../../lib/core/errors';

function refused(document: unknown): RepriseError {
  try {
    parseGraphDocument(document);
  } catch (error) {
    if (isRepriseError(error)) return error;
  }
  throw new Error('was not refused');
}

const lost = (count: number) =>
  refused({
    name: 'g',
    nodes: Array.from({ length: count }, (_, i) => ({ id: `n${i}`, run: 'x', needs: ['nowhere-near'] })),
  });
const cycle = (size: number) =>
  refused({
    name: 'g',
    nodes: Array.from({ length: size }, (_, i) => ({ id: `n${i}`, run: 'x', needs: [`n${(i + 1) % size}`] })),
  });

describe('an error on a terminal', () => {
  it('is one line where there is one problem', () => {
    expect(errorText(lost(1))).toBe('reprise: nodes[0].needs[0]: node "nowhere-near" does not exist\n');
    expect(errorText(new RepriseError('JOB_NOT_FOUND', 'no job x'))).toBe('reprise: no job x\n');
  });

  it('lists every problem where they fit, and says how many there are', () => {
    const lines = errorText(lost(50)).trimEnd().split('\n');
    expect(lines[0]).toBe('reprise: the graph has 50 problems');
    expect(lines).toHaveLength(51);
  });

  it('has the place of each problem, also where the message leaves it out', () => {
    const problem = (path: string) => ({ code: 'INPUT_INVALID' as const, path, message: 'is missing' });
    const error = new RepriseError('INPUT_INVALID', 'source: is missing (and 1 more problem)', {
      ...{ problems: [problem('source'), problem('detail-type')], count: 2 },
    });
    expect(errorText(error)).toBe(
      'reprise: source: is missing (and 1 more problem)\n  source: is missing\n  detail-type: is missing\n',
    );
  });

  it('shows the first of many, says how many more there are, and where', () => {
    const some = errorText(lost(150)).trimEnd().split('\n');
    expect(some).toHaveLength(52);
    expect(some.at(-1)).toBe('  ... and 100 more; --json lists all of them');
    const many = errorText(lost(1_500)).trimEnd().split('\n');
    expect(many.at(-1)).toBe('  ... and 1450 more; --json lists the first 1000');
  });

  it('shows a cycle whole as long as it can be read', () => {
    expect(errorText(cycle(100))).toMatch(/n0 -> n1 -> .*n50.* -> n99 -> n0\n$/);
  });

  it('shows both ends of a cycle that nobody could read, and its length', () => {
    const text = errorText(cycle(20_000));
    expect(text).toContain('20000 nodes: n0 -> n1 ->');
    expect(text).toContain('n9 -> (19981 more) -> n19991');
    expect(text.length).toBeLessThan(500);
  });
});

describe('an error with --json', () => {
  it('has its problems whole', () => {
    const { error } = JSON.parse(errorDocument(cycle(20_000)));
    expect(error.code).toBe('GRAPH_CYCLE');
    expect(error.problems[0].message).toMatch(/n0 -> n1 -> .* -> n19999 -> n0$/);
    expect(error.problems[0]).toEqual({
      ...{ code: 'GRAPH_CYCLE', path: 'nodes[0].needs[0]', message: expect.any(String) },
    });
  });

  it('says how many problems it does not list', () => {
    const { error } = JSON.parse(errorDocument(lost(1_500)));
    expect([error.problems.length, error.more_problems]).toEqual([1_000, 500]);
  });

  it('is its code and message where that is all', () => {
    const text = errorDocument(new RepriseError('JOB_NOT_FOUND', 'no job x'));
    expect(JSON.parse(text)).toEqual({ error: { code: 'JOB_NOT_FOUND', message: 'no job x' } });
  });
});
