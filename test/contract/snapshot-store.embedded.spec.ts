import { createMemorySnapshotStore } from '../../lib/adapters/memory/snapshot-store';
import { describeSnapshotStore } from './snapshot-store.contract';

describeSnapshotStore('memory', async () => createMemorySnapshotStore());
