import type { Kinds } from '../../core/engine/kinds';
import type { ReconcilerDeps } from '../../core/engine/reconciler';
import type { EngineDeps } from '../../core/engine/stream-engine';
import type { EffectPorts } from '../../core/ports/effects';
import type { OutboxJournal, SnapshotStore } from '../../core/ports/stores';

/** What is put between the engine and its parts, to find out whether a fault of the engine would be seen. */
export interface Alteration {
  readonly kinds: (kinds: Kinds) => Kinds;
  readonly journal: (journal: OutboxJournal) => OutboxJournal;
  readonly ports: (ports: EffectPorts) => EffectPorts;
  readonly snapshots: (snapshots: SnapshotStore) => SnapshotStore;
  readonly reconciler: (deps: ReconcilerDeps) => ReconcilerDeps;
  readonly perform: (perform: EngineDeps['perform'], journal: OutboxJournal) => EngineDeps['perform'];
}

/** The engine as it is. */
export const UNALTERED: Alteration = {
  kinds: (kinds) => kinds,
  journal: (journal) => journal,
  ports: (ports) => ports,
  snapshots: (snapshots) => snapshots,
  reconciler: (deps) => deps,
  perform: (perform) => perform,
};
