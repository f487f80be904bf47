import type { Snapshot, SnapshotStore } from '../../core/ports/stores';

/** Snapshots for simulation: the embedded runtime folds its journal anew, which takes it milliseconds. */
export function createMemorySnapshotStore(): SnapshotStore {
  const snapshots = new Map<string, string>();
  return {
    async load(stream) {
      const text = snapshots.get(stream);
      return text === undefined ? undefined : (JSON.parse(text) as Snapshot);
    },
    // As text, so that a fold that goes on changing in place cannot reach into what was saved.
    async save(stream, snapshot) {
      snapshots.set(stream, JSON.stringify(snapshot));
    },
  };
}
