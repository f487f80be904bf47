import fc from 'fast-check';
import { jsonChanges } from '../../../../lib/core/model/json-changes';

describe('the changes between two JSON values', () => {
  it('are named by where they are, with what was there before and after', () => {
    const before = { status: 'active', cursor: 1, running: ['a'], pace: { minute: 1, firings: 2 } };
    const after = { status: 'active', cursor: 2, running: ['a', 'b'], pace: { minute: 1 }, owner: 'ana' };
    expect(jsonChanges(before, after)).toEqual([
      { path: ['cursor'], from: 1, to: 2 },
      { path: ['running', '1'], to: 'b' },
      { path: ['pace', 'firings'], from: 2 },
      { path: ['owner'], to: 'ana' },
    ]);
  });

  it('in a list of pairs are named by the first of a pair, wherever it stands', () => {
    const before = {
      letters: [
        ['x', { round: 1 }],
        ['y', { round: 1 }],
      ],
    };
    const after = {
      letters: [
        ['y', { round: 2 }],
        ['x', { round: 1 }],
      ],
    };
    expect(jsonChanges(before, after)).toEqual([{ path: ['letters', 'y', 'round'], from: 1, to: 2 }]);
  });

  it('are told where a value is of another kind than before', () => {
    expect(jsonChanges({ a: null }, { a: { b: 1 } })).toEqual([{ path: ['a'], from: null, to: { b: 1 } }]);
    expect(jsonChanges([], 'x')).toEqual([{ path: [], from: [], to: 'x' }]);
  });

  it('are none between equal values, and some between others', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (a, b) => {
        expect(jsonChanges(a, structuredClone(a))).toEqual([]);
        const differ = JSON.stringify(a) !== JSON.stringify(b);
        if (!differ) expect(jsonChanges(a, b)).toEqual([]);
      }),
    );
  });
});
