import type { OutboxJournal } from '../../lib/core/ports/stores';

/** What every journal keeps to that knows which effects were performed, beside what every journal does. */
export function describeOutboxJournal(name: string, setup: () => Promise<OutboxJournal>): void {
  describe(`outbox journal: ${name}`, () => {
    let journal: OutboxJournal;
    beforeEach(async () => {
      journal = await setup();
    });

    const stream = 'job/j';

    it('knows of nothing performed at first', async () => {
      expect(await journal.confirmed(stream)).toBe(0);
    });

    it('moves the mark up step by step', async () => {
      expect(await journal.confirm(stream, 1, 3)).toBe(true);
      expect(await journal.confirmed(stream)).toBe(3);
      expect(await journal.confirm(stream, 4, 6)).toBe(true);
      expect(await journal.confirmed(stream)).toBe(6);
    });

    it('never moves it down: what is confirmed again is known', async () => {
      await journal.confirm(stream, 1, 6);
      expect(await journal.confirm(stream, 1, 3)).toBe(true);
      expect(await journal.confirmed(stream)).toBe(6);
      expect(await journal.confirm(stream, 4, 6)).toBe(true);
      expect(await journal.confirmed(stream)).toBe(6);
    });

    it('never moves it over a gap, at the beginning or later', async () => {
      expect(await journal.confirm(stream, 4, 6)).toBe(false);
      expect(await journal.confirmed(stream)).toBe(0);
      expect(await journal.confirm(stream, 1, 2)).toBe(true);
      expect(await journal.confirm(stream, 8, 9)).toBe(false);
      expect(await journal.confirmed(stream)).toBe(2);
    });

    it('goes on from an older mark to the end, as the outbox relay does', async () => {
      await journal.confirm(stream, 1, 6);
      expect(await journal.confirm(stream, 2, 20)).toBe(true);
      expect(await journal.confirmed(stream)).toBe(20);
    });

    it('passes what was confirmed behind a gap once that is closed', async () => {
      for (const [from, to] of [
        [9, 12],
        [4, 6],
        [20, 22],
        [7, 8],
      ] as const) {
        expect(await journal.confirm(stream, from, to)).toBe(false);
      }
      expect(await journal.confirm(stream, 1, 3)).toBe(true);
      expect(await journal.confirmed(stream)).toBe(12);
      expect(await journal.confirm(stream, 13, 19)).toBe(true);
      expect(await journal.confirmed(stream)).toBe(22);
    });

    it('passes them whatever else was confirmed over them', async () => {
      expect(await journal.confirm(stream, 4, 6)).toBe(false);
      expect(await journal.confirm(stream, 5, 9)).toBe(false);
      expect(await journal.confirm(stream, 1, 5)).toBe(true);
      expect(await journal.confirmed(stream)).toBe(9);
      expect(await journal.confirm(stream, 10, 11)).toBe(true);
      expect(await journal.confirmed(stream)).toBe(11);
    });

    it('ends at the last of several that are confirmed at once, in whatever order they come', async () => {
      const ranges = Array.from({ length: 12 }, (_, i) => [5 * i + 1, 5 * i + 5] as const);
      await Promise.all(ranges.toReversed().map(([from, to]) => journal.confirm(stream, from, to)));
      expect(await journal.confirmed(stream)).toBe(60);
    });

    it('comes to the same mark whoever of several confirms first', async () => {
      await journal.confirm(stream, 1, 2);
      const answers = await Promise.all([
        journal.confirm(stream, 3, 4),
        journal.confirm(stream, 3, 5),
        journal.confirm(stream, 2, 5),
      ]);
      expect(answers).toEqual([true, true, true]);
      expect(await journal.confirmed(stream)).toBe(5);
    });

    it('keeps a mark for each stream', async () => {
      await journal.confirm(stream, 1, 3);
      expect(await journal.confirmed('job/other')).toBe(0);
      expect(await journal.confirm('job/other', 4, 5)).toBe(false);
    });
  });
}
