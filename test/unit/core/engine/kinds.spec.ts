import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import { createMemorySnapshotStore } from '../../../../lib/adapters/memory/snapshot-store';
import { createEngine } from '../../../../lib/core/engine/engine';
import { SNAPSHOT_EVERY } from '../../../../lib/core/engine/held-folds';
import type { Kind } from '../../../../lib/core/engine/kind';
import { createKinds } from '../../../../lib/core/engine/kinds';
import { jobAt } from '../../../../lib/core/messages/address';
import type { Effect } from '../../../../lib/core/messages/effect';

/** A kind of stream that Reprise does not have: it counts, and pauses job `j` when it comes to three. */
interface Count {
  total: number;
}
type Counted = { readonly type: 'counter.added'; readonly data: { readonly by: number } };

const counterKind: Kind<
  { readonly type: 'add'; readonly by: number },
  Count,
  { readonly by: number },
  Counted
> = {
  fold: {
    name: 'counter/1',
    freeze: ({ total }) => ({ total }),
    thaw: (frozen) => ({ total: Number((frozen as Count).total) }),
    weight: () => 1,
  },
  inputOf: ({ by }) => ({ by }),
  open: async () => ({
    extra: () => ({}),
    decider: {
      initial: () => ({ total: 0 }),
      decide: (_state, { by }) => (by === 0 ? [] : [{ type: 'counter.added', data: { by } }]),
      evolve(state, { data }) {
        state.total += data.by;
        return state;
      },
    },
    effects: (state, { stream, seq }): Effect[] =>
      state.total === 3
        ? [
            {
              ...{ kind: 'send', id: `pause/${seq}`, cause: { stream, seq }, traceId: 't' },
              ...{ to: jobAt('j'), message: { type: 'pause', reason: 'three' } },
            },
          ]
        : [],
  }),
};

function engine() {
  const journal = createMemoryJournalStore();
  const snapshots = createMemorySnapshotStore();
  const performed: Effect[] = [];
  const random = () => 0.5;
  const graphs = { get: () => Promise.reject(new Error('a counter has no graph')) };
  const boot = () =>
    createEngine(
      {
        journal,
        snapshots,
        random,
        clock: () => 5,
        perform: async (effects) => void performed.push(...effects),
      },
      { ...createKinds({ conditions: memoryConditions, journal, random, graphs }), counter: counterKind },
    );
  return { boot, journal, performed };
}

const actor = { kind: 'user', id: 'ana' } as const;
const at = { kind: 'counter', id: 'c' } as const;

describe('another kind of stream', () => {
  it('is a line in the table: decided, journalled, performed, read', async () => {
    const { boot, journal, performed } = engine();
    const { handle, view, effectsOf } = boot();
    const add = (by: number, id: string) => ({ id, actor, message: { type: 'add' as const, by } });
    const events = await handle(at, [add(1, 'a'), add(0, 'b'), add(2, 'c')]);
    expect(events.map(({ data }) => data.by)).toEqual([1, 2]);
    expect((await view(at)).state.total).toBe(3);
    expect(journal.streams.get('counter/c')).toHaveLength(2);
    expect(performed.map(({ kind }) => kind)).toEqual(['send', 'send']);
    expect(await effectsOf('counter/c', events.slice(1))).toHaveLength(1);
  });

  it('has its fold kept between two processes', async () => {
    const { boot } = engine();
    const batch = Array.from({ length: SNAPSHOT_EVERY }, (_, i) => ({
      id: `${i}`,
      actor,
      message: { type: 'add' as const, by: 1 },
    }));
    await boot().handle(at, batch);
    expect((await boot().view(at)).state.total).toBe(SNAPSHOT_EVERY);
  });

  it('can be told nothing that is meant for another', async () => {
    const { handle } = engine().boot();
    // @ts-expect-error: a counter cannot be paused.
    const told = () => handle(at, [{ id: 'x', actor, message: { type: 'pause', reason: 'no' } }]);
    expect(told).toBeDefined();
  });
});
