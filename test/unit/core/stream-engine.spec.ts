import { createTriggerEngine } from '../../../lib/core/engine/triggers';
import { evolveTrigger } from '../../../lib/core/trigger/evolve';
import type { TriggerMessage } from '../../../lib/core/messages/trigger';
import { initialTrigger } from '../../../lib/core/trigger/state';
import { MemoryJournal } from '../lambdas/memory-cloud';

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

async function folded(journal: MemoryJournal) {
  const state = initialTrigger();
  for await (const event of journal.read('trigger/t')) evolveTrigger(state, event as never, event.at);
  return state;
}

describe('a stream that is asked several things at the same time', () => {
  it.each([true, false])(
    'does one after the other, and its fold is that of its events (sole writer: %s)',
    async (soleWriter) => {
      const journal = new MemoryJournal();
      const performed: string[] = [];
      const engine = createTriggerEngine({
        ...{ journal: journal as never, soleWriter, clock: () => 5 },
        perform: async (effects) => void performed.push(...effects.map(({ id }) => id)),
      });
      // An empty stream that several read first.
      await Promise.all([engine.view('t'), engine.handle('t', [envelope(set)]), engine.view('t')]);
      const asked = Array.from({ length: 8 }, (_, i) => engine.handle('t', [envelope(push(`${i % 5}`))]));
      const views = [engine.view('t'), engine.view('t')];
      const events = (await Promise.all(asked)).flat();
      await Promise.all(views);
      expect(events.map(({ type }) => type)).toEqual(Array(5).fill('trigger.fired'));
      const { state } = await engine.view('t');
      expect(state).toEqual(await folded(journal));
      expect(state.running).toHaveLength(5);
      expect(new Set(performed).size).toBe(performed.length);
    },
  );

  it('goes on after one that fails, and lets whoever performs an effect see it', async () => {
    const journal = new MemoryJournal();
    const seen: number[] = [];
    const engine = createTriggerEngine({
      ...{ journal: journal as never, clock: () => 5 },
      perform: async () => {
        seen.push((await engine.view('t')).head.seq);
        if (seen.length === 2) throw new Error('EventBridge');
      },
    });
    await engine.handle('t', [envelope(set)]);
    const [failed, next] = await Promise.allSettled([
      engine.handle('t', [envelope(push('1'))]),
      engine.handle('t', [envelope(push('2'))]),
    ]);
    expect([failed?.status, next?.status]).toEqual(['rejected', 'fulfilled']);
    expect(seen[0]).toBe(1);
    expect((await engine.view('t')).state).toEqual(await folded(journal));
  });
});
