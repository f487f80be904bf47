import type { Snapshot, SnapshotStore } from '../../core/ports/stores';
import type { FaultPlan } from '../faults';

export type Snapshots = SnapshotStore & {
  /** The latest ones of a stream. */
  readonly kept: (stream: string) => readonly Snapshot[];
};

/** Snapshots that get lost, and old ones that come back. As text, so that no fold reaches into what was saved. */
export function createSnapshots(faults: FaultPlan): Snapshots {
  const saved = new Map<string, string[]>();
  let loads = 0;
  return {
    async load(stream) {
      const all = saved.get(stream) ?? [];
      loads += 1;
      if (all.length === 0) return undefined;
      if (!faults.strikes('snapshot', `load ${loads} of ${stream}`))
        return JSON.parse(all.at(-1) as string) as Snapshot;
      const old = all[Math.floor(all.length * faults.lot(`old ${loads} of ${stream}`)) - 1];
      return old === undefined ? undefined : (JSON.parse(old) as Snapshot);
    },
    async save(stream, snapshot) {
      saved.set(stream, [...(saved.get(stream) ?? []), JSON.stringify(snapshot)].slice(-5));
    },
    kept: (stream) => (saved.get(stream) ?? []).map((text) => JSON.parse(text) as Snapshot),
  };
}
