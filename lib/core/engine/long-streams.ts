import type { JournalStore, SnapshotStore } from '../ports/stores';
import { SNAPSHOT_EVERY } from './held-folds';

/**
 * Snapshots where to find that there is none takes longer than to ask where a stream ends: one that is short has none, and is not looked
 * for.
 */
export function snapshotsOfLong(
  { head }: Pick<JournalStore, 'head'>,
  snapshots: SnapshotStore,
): SnapshotStore {
  return {
    ...snapshots,
    async load(stream) {
      return (await head(stream)).seq < SNAPSHOT_EVERY ? undefined : snapshots.load(stream);
    },
  };
}
