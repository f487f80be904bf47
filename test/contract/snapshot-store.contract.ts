import type { Snapshot, SnapshotStore } from '../../lib/core/ports/stores';

function snapshot(seq: number, size = 1): Snapshot {
  const nodes = Array.from({ length: size }, (_, i) => ({
    id: `n${i}`,
    outcome: 'succeeded',
    phase: 'final',
  }));
  return { head: { seq, hash: `h${seq}` }, fold: 'job/1', traceId: 't', state: { status: 'running', nodes } };
}

/** What every snapshot store keeps to. */
export function describeSnapshotStore(name: string, setup: () => Promise<SnapshotStore>): void {
  describe(`snapshot store: ${name}`, () => {
    let store: SnapshotStore;
    beforeEach(async () => {
      store = await setup();
    });

    it('has none at first', async () => {
      expect(await store.load('job/j1')).toBeUndefined();
    });

    it('gives back the latest snapshot of a stream', async () => {
      await store.save('job/j1', snapshot(500));
      await store.save('job/j1', snapshot(1_000));
      await store.save('job/j2', snapshot(7));
      expect(await store.load('job/j1')).toEqual(snapshot(1_000));
      expect(await store.load('job/j2')).toEqual(snapshot(7));
    });

    it('keeps what it was given, whatever the state becomes afterwards', async () => {
      const given = snapshot(500);
      await store.save('job/j1', given);
      (given.state as { status: string }).status = 'changed';
      expect(await store.load('job/j1')).toEqual(snapshot(500));
    });

    it('takes the fold of 10,000 nodes', async () => {
      await store.save('job/big', snapshot(60_000, 10_000));
      expect(await store.load('job/big')).toEqual(snapshot(60_000, 10_000));
    });
  });
}
