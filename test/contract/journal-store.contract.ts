import { EMPTY_HEAD, type Recorded, record, type StreamHead } from '../../lib/core/journal/envelope';
import { verifyChain } from '../../lib/core/journal/verify';
import type { JournalStore } from '../../lib/core/ports/stores';

export interface JournalStoreSetup {
  readonly store: JournalStore;
  /** Another client of the same journal, as after a restart; what `store` holds in memory it does not see. */
  readonly reopen: () => Promise<JournalStore>;
  readonly close?: () => Promise<void>;
}

export const STREAM = 'job/j1';

/** `count` events that follow `head`, with content that an encoding could spoil. */
export function eventsAfter(head: StreamHead, count: number, stream = STREAM): Recorded[] {
  const cause = {
    at: 1_700_000_000_000 + head.seq,
    actor: { kind: 'user', id: 'ana' } as const,
    causeId: 'c1',
    correlationId: stream,
    traceId: 't1',
  };
  const events = Array.from({ length: count }, (_, i) => ({
    type: 'thing.happened',
    data: { i, text: 'zwei\nZeilen "und" \u2028 \u{1F600}', none: null, deep: { list: [1.5, 'a', true] } },
  }));
  return record(stream, head, events, cause);
}

export function headAfter(events: readonly Recorded[]): StreamHead {
  const last = events.at(-1);
  return last ? { seq: last.seq, hash: last.hash } : EMPTY_HEAD;
}

export async function all(store: JournalStore, stream = STREAM, fromSeq?: number): Promise<Recorded[]> {
  const events: Recorded[] = [];
  for await (const event of store.read(stream, fromSeq)) events.push(event);
  return events;
}

/** What every journal store keeps to. */
export function describeJournalStore(name: string, setup: () => Promise<JournalStoreSetup>): void {
  describe(`journal store: ${name}`, () => {
    let world: JournalStoreSetup;
    beforeEach(async () => {
      world = await setup();
    });
    afterEach(() => world.close?.());

    it('is empty before the first append', async () => {
      expect(await world.store.head(STREAM)).toEqual(EMPTY_HEAD);
      expect(await all(world.store)).toEqual([]);
    });

    it('gives back what was appended, in order and unchanged', async () => {
      const first = eventsAfter(EMPTY_HEAD, 3);
      const second = eventsAfter(headAfter(first), 2);
      await world.store.append(STREAM, EMPTY_HEAD, first);
      await world.store.append(STREAM, headAfter(first), second);
      const read = await all(world.store);
      expect(read).toEqual([...first, ...second]);
      expect(await verifyChain(read, STREAM, headAfter(second))).toEqual({ valid: true, events: 5 });
      expect(await world.store.head(STREAM)).toEqual(headAfter(second));
    });

    it('reads from a sequence on', async () => {
      const events = eventsAfter(EMPTY_HEAD, 5);
      await world.store.append(STREAM, EMPTY_HEAD, events);
      expect((await all(world.store, STREAM, 4)).map(({ seq }) => seq)).toEqual([4, 5]);
      expect(await all(world.store, STREAM, 6)).toEqual([]);
    });

    it('takes a batch of a thousand events', async () => {
      const events = eventsAfter(EMPTY_HEAD, 1_000);
      await world.store.append(STREAM, EMPTY_HEAD, events);
      expect(await all(world.store)).toEqual(events);
    });

    it('keeps what it acknowledged over a restart', async () => {
      const events = eventsAfter(EMPTY_HEAD, 4);
      await world.store.append(STREAM, EMPTY_HEAD, events);
      const again = await world.reopen();
      expect(await again.head(STREAM)).toEqual(headAfter(events));
      expect(await all(again)).toEqual(events);
    });

    it('goes on after a restart where it ended', async () => {
      const events = eventsAfter(EMPTY_HEAD, 2);
      await world.store.append(STREAM, EMPTY_HEAD, events);
      const again = await world.reopen();
      const more = eventsAfter(headAfter(events), 2);
      await again.append(STREAM, headAfter(events), more);
      expect(await all(again)).toEqual([...events, ...more]);
    });

    it('refuses an append that expects an older end, and writes nothing', async () => {
      const events = eventsAfter(EMPTY_HEAD, 2);
      await world.store.append(STREAM, EMPTY_HEAD, events);
      const late = eventsAfter(EMPTY_HEAD, 1);
      await expect(world.store.append(STREAM, EMPTY_HEAD, late)).rejects.toMatchObject({
        code: 'VERSION_CONFLICT',
      });
      expect(await all(world.store)).toEqual(events);
    });

    it('refuses an append that expects an end still to come', async () => {
      const events = eventsAfter(EMPTY_HEAD, 2);
      const more = eventsAfter(headAfter(events), 1);
      await expect(world.store.append(STREAM, headAfter(events), more)).rejects.toMatchObject({
        code: 'VERSION_CONFLICT',
      });
      expect(await all(world.store)).toEqual([]);
    });

    it('refuses an append that expects another event at the end', async () => {
      const events = eventsAfter(EMPTY_HEAD, 2);
      await world.store.append(STREAM, EMPTY_HEAD, events);
      const forged = { seq: 2, hash: 'f'.repeat(64) };
      await expect(world.store.append(STREAM, forged, eventsAfter(forged, 1))).rejects.toMatchObject({
        code: 'VERSION_CONFLICT',
      });
      expect(await all(world.store)).toEqual(events);
    });

    it('lets one of several that append at the same time win, and writes nothing of the others', async () => {
      const batches = [1, 2, 3].map((count) => eventsAfter(EMPTY_HEAD, count));
      const tried = await Promise.allSettled(
        batches.map((events) => world.store.append(STREAM, EMPTY_HEAD, events)),
      );
      const lost = tried.filter((each) => each.status === 'rejected');
      expect(lost.map(({ reason }) => reason.code)).toEqual(['VERSION_CONFLICT', 'VERSION_CONFLICT']);
      const won = batches[tried.findIndex(({ status }) => status === 'fulfilled')];
      expect(await all(world.store)).toEqual(won);
    });

    it('goes on after a conflict', async () => {
      const events = eventsAfter(EMPTY_HEAD, 1);
      await world.store.append(STREAM, EMPTY_HEAD, events);
      await world.store.append(STREAM, EMPTY_HEAD, events).catch(() => undefined);
      const more = eventsAfter(headAfter(events), 1);
      await world.store.append(STREAM, headAfter(events), more);
      expect(await all(world.store)).toEqual([...events, ...more]);
    });

    it('keeps streams apart', async () => {
      const other = 'job/j2';
      const events = eventsAfter(EMPTY_HEAD, 2);
      const others = eventsAfter(EMPTY_HEAD, 1, other);
      await world.store.append(STREAM, EMPTY_HEAD, events);
      await world.store.append(other, EMPTY_HEAD, others);
      expect(await all(world.store)).toEqual(events);
      expect(await all(world.store, other)).toEqual(others);
    });
  });
}
