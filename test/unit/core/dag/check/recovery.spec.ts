import { parseGraphDocument } from '../../../../../lib/core/dag/parse';
import { isRepriseError } from '../../../../../lib/core/errors';

const document = (recovery?: object, defaults?: object) => ({
  name: 'g',
  ...(defaults && { defaults: { recovery: defaults } }),
  nodes: [{ id: 'a', run: 'x', ...(recovery && { recovery }) }],
});
const policyOf = (recovery?: object, defaults?: object) =>
  parseGraphDocument(document(recovery, defaults)).nodes[0]?.recovery;

function problemsOf(recovery: object, defaults?: object): string[] {
  try {
    parseGraphDocument(document(recovery, defaults));
  } catch (error) {
    if (isRepriseError(error)) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

describe('the recovery of a node', () => {
  it('is left out of a graph that says nothing of it, whose hash stays what it was', () => {
    expect(policyOf()).toBeUndefined();
  });

  it('has what it leaves out from the defaults of the graph, and then of the product', () => {
    expect(policyOf({})).toEqual({ lost: 'reassign', losses: 5, restartWithinMs: 120_000 });
    expect(policyOf({ losses: 2 }, { lost: 'restart', restartWithin: '30s' })).toEqual({
      ...{ lost: 'restart', losses: 2, restartWithinMs: 30_000 },
    });
    expect(policyOf(undefined, { lost: 'park' })).toMatchObject({ lost: 'park' });
  });

  it('says what contradicts itself, and where', () => {
    expect(problemsOf({ restartWithin: '1m' })).toEqual([
      'nodes[0].recovery.restartWithin: `restartWithin` goes with lost: restart, not with reassign',
    ]);
    expect(problemsOf({ lost: 'park', losses: 2 })).toEqual([
      'nodes[0].recovery.losses: `losses` goes with lost: reassign or restart: park gives up after the first',
    ]);
    expect(problemsOf({ lost: 'park' }, { losses: 2 })).toEqual([]);
    expect(problemsOf({}, { restartWithin: '1m' })[0]).toMatch(/^defaults.recovery.restartWithin: /);
  });

  it.each([[{ lost: 'ignore' }], [{ losses: 0 }], [{ restartWithin: '0s' }], [{ lots: 1 }]])(
    'refuses %j',
    (recovery) => expect(problemsOf(recovery)).toHaveLength(1),
  );
});
