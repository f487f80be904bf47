import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import {
  createMemoryJournalStore,
  type MemoryJournalStore,
} from '../../../../lib/adapters/memory/journal-store';
import { createEngine } from '../../../../lib/core/engine/engine';
import { createKinds } from '../../../../lib/core/engine/kinds';
import type { EngineDeps } from '../../../../lib/core/engine/stream-engine';
import type { TriggerMessage } from '../../../../lib/core/messages/trigger';
import { evolveTrigger } from '../../../../lib/core/trigger/evolve';
import { initialTrigger } from '../../../../lib/core/trigger/state';

const actor = { kind: 'engine', id: 'test' } as const;
const set: TriggerMessage = {
  type: 'set',
  owner: 'ana',
  definition: {
    ...{ name: 'on-push', source: { kind: 'event', pattern: { source: ['git'] } }, overlap: 'allow' },
    job: { graphHash: 'h', priority: 'normal', pool: 'default' },
  },
};
const push = (id: string): TriggerMessage => ({ type: 'event', event: { id } });
let ids = 0;
const envelope = (message: TriggerMessage) => ({ id: `m${++ids}`, actor, message });
const at = { kind: 'trigger', id: 't' } as const;

function triggers({
  clock = () => 5,
  ...deps
}: Pick<EngineDeps, 'soleWriter' | 'perform'> & { journal: MemoryJournalStore; clock?: () => number }) {
  const random = () => 0.5;
  const graphs = { get: () => Promise.reject(new Error('no trigger has a graph')) };
  const engine = createEngine(
    { ...deps, random, clock },
    createKinds({ conditions: memoryConditions, ...deps, random, graphs }),
  );
  return {
    view: () => engine.view(at),
    handle: (message: TriggerMessage) => engine.handle(at, [envelope(message)]),
  };
}

async function folded(journal: MemoryJournalStore) {
  const state = initialTrigger();
  for await (const event of journal.read('trigger/t')) evolveTrigger(state, event as never, event.at);
  return state;
}

describe('a stream that is asked several things at the same time', () => {
  it.each([true, false])(
    'does one after the other, and its fold is that of its events (sole writer: %s)',
    async (soleWriter) => {
      const journal = createMemoryJournalStore();
      const performed: string[] = [];
      const engine = triggers({
        ...{ journal, soleWriter },
        perform: async (effects) => void performed.push(...effects.map(({ id }) => id)),
      });
      // An empty stream that several read first.
      await Promise.all([engine.view(), engine.handle(set), engine.view()]);
      const asked = Array.from({ length: 8 }, (_, i) => engine.handle(push(`${i % 5}`)));
      const views = [engine.view(), engine.view()];
      const events = (await Promise.all(asked)).flat();
      await Promise.all(views);
      expect(events.map(({ type }) => type)).toEqual(Array(5).fill('trigger.fired'));
      const { state } = await engine.view();
      expect(state).toEqual(await folded(journal));
      expect(state.running).toHaveLength(5);
      expect(new Set(performed).size).toBe(performed.length);
    },
  );

  it('goes on after one that fails, and lets whoever performs an effect see it', async () => {
    const journal = createMemoryJournalStore();
    const seen: number[] = [];
    const engine = triggers({
      journal,
      perform: async () => {
        seen.push((await engine.view()).head.seq);
        if (seen.length === 2) throw new Error('EventBridge');
      },
    });
    await engine.handle(set);
    const [failed, next] = await Promise.allSettled([engine.handle(push('1')), engine.handle(push('2'))]);
    expect([failed?.status, next?.status]).toEqual(['rejected', 'fulfilled']);
    expect(seen[0]).toBe(1);
    expect((await engine.view()).state).toEqual(await folded(journal));
  });
});

describe('a process that has met no other one for a while', () => {
  /** Two processes over one journal, of which the first believes to be alone, and what that one reads. */
  async function alone() {
    const shared = createMemoryJournalStore();
    let reads = 0;
    const read: MemoryJournalStore['read'] = (...of) => {
      reads += 1;
      return shared.read(...of);
    };
    const perform = async () => {};
    const clock = jest.fn(() => 5);
    const first = triggers({ journal: { ...shared, read }, perform, clock });
    const other = triggers({ journal: shared, perform });
    await first.handle(set);
    for (let i = 0; i < 16; i++) await first.handle(push(`early-${i}`));
    reads = 0;
    const readsOf = async (work: () => Promise<unknown>) => {
      reads = 0;
      await work();
      return reads;
    };
    return { first, other, shared, readsOf, clock };
  }
  const typesOf = async (events: Promise<readonly { type: string }[]>) =>
    (await events).map(({ type }) => type);

  it('appends without a look at the journal, and looks before it says that nothing follows', async () => {
    const { first, shared, readsOf } = await alone();
    expect(await readsOf(() => first.handle(push('a')))).toBe(0);
    expect(await readsOf(() => first.handle(push('b')))).toBe(0);
    expect(await readsOf(() => first.handle(push('b')))).toBe(1);
    expect(await readsOf(() => first.view())).toBe(1);
    expect((await first.view()).state).toEqual(await folded(shared));
  });

  it('decides again where another one has written, and looks from then on', async () => {
    const { first, other, shared, readsOf } = await alone();
    await other.handle(push('theirs'));
    expect(await typesOf(first.handle(push('ours')))).toEqual(['trigger.fired']);
    expect(await typesOf(first.handle(push('theirs')))).toEqual([]);
    expect(await readsOf(() => first.handle(push('c')))).toBe(1);
    const { state, head } = await first.view();
    expect(state).toEqual(await folded(shared));
    expect(head).toEqual(await shared.head('trigger/t'));
  });

  it('loses nothing that its fold, which is behind, would take for late', async () => {
    const { first, other } = await alone();
    await other.handle({ type: 'pause', reason: 'night' });
    expect(await typesOf(first.handle({ type: 'unpause', reason: 'day' }))).toEqual(['trigger.unpaused']);
  });

  it('decides on what the journal has where it failed on what it held, and holds nothing half folded', async () => {
    const { first, shared, clock } = await alone();
    clock.mockReturnValueOnce(5).mockImplementationOnce(() => {
      throw new Error('half way');
    });
    expect(await typesOf(first.handle(push('a')))).toEqual(['trigger.fired']);
    expect((await first.view()).state).toEqual(await folded(shared));
  });
});
