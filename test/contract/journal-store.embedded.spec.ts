import { createFileJournalStore } from '../../lib/adapters/embedded/disk/journal-store';
import { layoutOf } from '../../lib/adapters/embedded/disk/layout';
import { createMemoryJournalStore } from '../../lib/adapters/memory/journal-store';
import { temporaryDir } from '../support/e2e-files';
import { describeJournalStore } from './journal-store.contract';
import { describeOutboxJournal } from './outbox-journal.contract';

describe.each([
  ['files', {}],
  ['files with one log', { log: true }],
  ['files with one log of small segments', { log: { segmentBytes: 1_000 } }],
] as const)('%s', (name, options) => {
  describeJournalStore(name, async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, options);
    const open = [store];
    return {
      store,
      async reopen() {
        await store.close();
        const again = createFileJournalStore(layout, options);
        open.push(again);
        return again;
      },
      async close() {
        for (const each of open) await each.close();
      },
    };
  });
});

describeJournalStore('memory', async () => {
  const store = createMemoryJournalStore();
  return { store, reopen: async () => store };
});

describeOutboxJournal('memory', async () => createMemoryJournalStore());
