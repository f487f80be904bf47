import { present } from '../../../../lib/core/model/present';
import { readOnly } from '../../../../lib/core/model/read-only';

interface View {
  readonly name: string;
  readonly deadlineAt?: number;
}

describe('present', () => {
  it('leaves out what has no value, and nothing else', () => {
    const deadlineAt: number | undefined = undefined;
    const view: View = { name: 'a', ...present({ deadlineAt }) };
    expect(Object.keys(view)).toEqual(['name']);
    expect(present({ a: 0, b: '', c: false, d: null, e: undefined })).toEqual({
      a: 0,
      b: '',
      c: false,
      d: null,
    });
  });
});

describe('what is handed out to be read', () => {
  it('cannot be changed, however deep', () => {
    const state = {
      nodes: [{ phase: 'ready' }],
      served: new Map([['ana', { slots: 1 }]]),
      over: new Set(['j']),
    };
    const given = readOnly(state);
    const changes = () => {
      // @ts-expect-error: a node of it.
      given.nodes[0]!.phase = 'final';
      // @ts-expect-error: the list of them.
      given.nodes.push({ phase: 'ready' });
      // @ts-expect-error: an entry of a map.
      given.served.get('ana')!.slots = 2;
      // @ts-expect-error: a map.
      given.served.delete('ana');
      // @ts-expect-error: a set.
      given.over.add('k');
    };
    expect(changes).toBeDefined();
    expect(given).toBe(state);
  });
});
