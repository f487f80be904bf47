import { snapshotsOfLong } from '../../../../lib/core/engine/long-streams';
import type { Snapshot } from '../../../../lib/core/ports/stores';

describe('snapshots of long streams', () => {
  const snapshot = { fold: 'job/1' } as Snapshot;
  const of = (seq: number) => {
    const load = jest.fn(async () => snapshot);
    const save = jest.fn(async () => {});
    const store = snapshotsOfLong({ head: async () => ({ seq, hash: 'h' }) }, { load, save });
    return { load, save, store };
  };

  it('are looked for where there can be one', async () => {
    for (const [seq, loads] of [
      [0, 0],
      [499, 0],
      [500, 1],
      [12_000, 1],
    ] as const) {
      const { load, store } = of(seq);
      expect([seq, await store.load('job/j')]).toEqual([seq, loads === 1 ? snapshot : undefined]);
      expect(load).toHaveBeenCalledTimes(loads);
    }
  });

  it('are kept as they are', async () => {
    const { save, store } = of(0);
    await store.save('job/j', snapshot);
    expect(save).toHaveBeenCalledWith('job/j', snapshot);
  });
});
