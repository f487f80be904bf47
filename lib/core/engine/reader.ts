import type { StreamKind } from '../messages/address';
import type { JournalStore, SnapshotStore } from '../ports/stores';
import type { StreamReader } from '../ports/streams';
import { createEngine, type KindTable } from './engine';
import type { Kinds } from './kinds';

/** Reads streams where they are only read: nothing is decided, saved or performed. */
export function createReader<T extends Partial<Kinds> & KindTable>(
  deps: { readonly journal: Pick<JournalStore, 'read'>; readonly snapshots: Pick<SnapshotStore, 'load'> },
  kinds: T,
): StreamReader<keyof T & StreamKind> {
  const never = async () => {
    throw new Error('a reader reads streams, and nothing else');
  };
  const { read } = deps.journal;
  const engine = createEngine(
    {
      journal: { read, written: read, head: never, append: never },
      snapshots: { load: deps.snapshots.load, save: async () => undefined },
      clock: () => 0,
      random: () => 0,
      perform: never,
    },
    kinds,
  );
  // What a kind's view is, `Folds` says in the words of the ports.
  return { view: engine.view as unknown as StreamReader<keyof T & StreamKind>['view'] };
}
