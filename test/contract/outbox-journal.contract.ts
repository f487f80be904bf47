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
      await journal.confirm(stream, 1, 3);
      expect(await journal.confirm(stream, 5, 8)).toBe(false);
      expect(await journal.confirmed(stream)).toBe(3);
    });

    it('goes on from an older mark to the end, as the outbox relay does', async () => {
      await journal.confirm(stream, 1, 6);
      expect(await journal.confirm(stream, 2, 20)).toBe(true);
      expect(await journal.confirmed(stream)).toBe(20);
    });

    it('closes a gap, and what came after it is to be confirmed again', async () => {
      await journal.confirm(stream, 4, 6);
      await journal.confirm(stream, 1, 3);
      expect(await journal.confirmed(stream)).toBe(3);
      expect(await journal.confirm(stream, 4, 6)).toBe(true);
      expect(await journal.confirmed(stream)).toBe(6);
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
