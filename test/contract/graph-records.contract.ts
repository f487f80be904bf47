import type { GraphRecords } from '../../lib/core/ports/machines';

const ONE = 'ab'.repeat(32);
const TWO = 'cd'.repeat(32);
const THREE = 'ef'.repeat(32);

/** What all records of graphs keep to. */
export function describeGraphRecords(name: string, setup: () => Promise<GraphRecords>): void {
  describe(`graph records: ${name}`, () => {
    let records: GraphRecords;
    beforeEach(async () => {
      records = await setup();
    });

    const statusOf = async (hash = ONE) => (await records.get(hash))?.status;
    const ready = (at: number, hash = ONE, origin: 'registered' | 'stack' = 'registered') =>
      records.ready(hash, origin, { machines: ['root'], at });

    it('know nothing of a graph at first', async () => {
      expect(await records.get(ONE)).toBeUndefined();
    });

    it('note a first use, and one after they were collected, and no other', async () => {
      expect(await records.noted(ONE, 1)).toBe(true);
      expect(await records.get(ONE)).toEqual({ hash: ONE, status: 'noted', lastUsedAt: 1, changedAt: 1 });
      expect(await records.noted(ONE, 2)).toBe(false);
      await ready(3);
      expect(await records.noted(ONE, 4)).toBe(false);
      await records.absent(ONE, 5);
      expect(await records.noted(ONE, 6)).toBe(true);
    });

    it('note that machines are not made, unless they are there, and that they are asked for again', async () => {
      await records.pending(ONE, ['root'], 1);
      expect(await records.refused(ONE, 2)).toBe(true);
      expect(await statusOf()).toBe('refused');
      expect(await records.requested(ONE, 3)).toBe(true);
      await ready(4);
      expect(await records.refused(ONE, 5)).toBe(false);
      expect(await statusOf()).toBe('ready');
    });

    it('count the machines that were registered, and none of the stack', async () => {
      expect(await records.count(100)).toBe(0);
      await ready(1);
      await records.ready(TWO, 'registered', { machines: ['root', 'part-1', 'part-2'], at: 2 });
      await ready(3, THREE, 'stack');
      expect(await records.count(100)).toBe(4);
      expect(await records.count(2)).toBe(2);
      await records.absent(TWO, 4);
      expect(await records.count(100)).toBe(1);
    });

    it('note that machines are asked for, again and again until somebody makes them', async () => {
      expect(await records.requested(ONE, 1)).toBe(true);
      expect(await records.requested(ONE, 2)).toBe(true);
      expect(await records.get(ONE)).toEqual({ hash: ONE, status: 'requested', lastUsedAt: 2, changedAt: 2 });
      expect(await records.pending(ONE, ['root'], 3)).toBe(true);
      expect(await records.requested(ONE, 4)).toBe(false);
      await ready(5);
      expect(await records.requested(ONE, 6)).toBe(false);
    });

    it('note what is being made, again where that was cut short, and never of what is there', async () => {
      expect(await records.pending(ONE, ['root', 'part-1'], 2)).toBe(true);
      expect(await records.get(ONE)).toEqual({
        ...{ hash: ONE, status: 'pending', origin: 'registered', machines: ['root', 'part-1'] },
        ...{ lastUsedAt: 2, changedAt: 2 },
      });
      expect(await records.pending(ONE, ['root'], 3)).toBe(true);
      await ready(4);
      expect(await records.pending(ONE, ['root', 'part-1'], 5)).toBe(false);
      expect(await records.get(ONE)).toMatchObject({ status: 'ready', machines: ['root'], changedAt: 4 });
    });

    it('note that they are there, and whose they are', async () => {
      await ready(4, ONE, 'stack');
      expect(await records.get(ONE)).toEqual({
        ...{ hash: ONE, status: 'ready', origin: 'stack', machines: ['root'] },
        ...{ lastUsedAt: 4, changedAt: 4 },
      });
    });

    it('note a use of what is ready, and of nothing else', async () => {
      expect(await records.used(ONE, 1)).toBe(false);
      expect(await records.get(ONE)).toBeUndefined();
      await records.requested(ONE, 2);
      expect(await records.used(ONE, 3)).toBe(false);
      await ready(4);
      expect(await records.used(ONE, 5)).toBe(true);
      expect(await records.get(ONE)).toMatchObject({ lastUsedAt: 5, changedAt: 4 });
      await ready(6, TWO, 'stack');
      expect(await records.used(TWO, 7)).toBe(true);
    });

    it('take machines out of use unless they were used in between', async () => {
      await ready(4);
      expect(await records.deleting(ONE, 3, 6)).toBe(false);
      expect(await statusOf()).toBe('ready');
      expect(await records.deleting(ONE, 4, 6)).toBe(true);
      expect(await records.deleting(ONE, 4, 7)).toBe(false);
      expect(await records.get(ONE)).toMatchObject({ status: 'deleting', changedAt: 6 });
      expect(await records.used(ONE, 8)).toBe(false);
    });

    it('let one of several take them out of use', async () => {
      await ready(4);
      const tried = await Promise.all([1, 2, 3].map(() => records.deleting(ONE, 4, 6)));
      expect(tried.filter(Boolean)).toHaveLength(1);
    });

    it('note that they are gone, so that they can be asked for again', async () => {
      await ready(4);
      await records.deleting(ONE, 4, 5);
      await records.absent(ONE, 6);
      expect(await records.get(ONE)).toMatchObject({ status: 'absent', origin: 'registered', changedAt: 6 });
      expect(await records.requested(ONE, 7)).toBe(true);
      expect(await statusOf()).toBe('requested');
    });

    it('do not take for gone what is being made anew', async () => {
      await records.absent(ONE, 1);
      expect(await records.get(ONE)).toBeUndefined();
      await records.pending(ONE, ['root'], 2);
      await records.absent(ONE, 3);
      expect(await statusOf()).toBe('pending');
    });

    it('list those that nobody used for long, the longest unused first, as many as are wanted', async () => {
      await ready(30, ONE);
      await ready(10, TWO);
      await ready(20, THREE);
      expect(await records.unused(31, 10)).toEqual([TWO, THREE, ONE]);
      expect(await records.unused(31, 2)).toEqual([TWO, THREE]);
      expect(await records.unused(20, 10)).toEqual([TWO]);
      await records.used(TWO, 40);
      expect(await records.unused(40, 10)).toEqual([THREE, ONE]);
    });

    it('list what is on its way out, and neither what is gone nor what the stack made', async () => {
      await ready(1, ONE);
      await ready(2, TWO, 'stack');
      await ready(3, THREE);
      await records.deleting(THREE, 3, 4);
      expect(await records.unused(99, 10)).toEqual([ONE, THREE]);
      await records.absent(THREE, 5);
      expect(await records.unused(99, 10)).toEqual([ONE]);
    });
  });
}
