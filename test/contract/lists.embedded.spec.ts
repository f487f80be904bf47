import { createLocalLists } from '../../lib/adapters/embedded/runtime/lists';
import { createMemoryJournalStore } from '../../lib/adapters/memory/journal-store';
import { describeDependencyList } from './dependency-list.contract';
import { describeJobList } from './job-list.contract';
import { describeTriggerList } from './trigger-list.contract';

describeJobList('memory', async () => createLocalLists(createMemoryJournalStore()));

describeTriggerList('memory', async () => createLocalLists(createMemoryJournalStore()));

describeDependencyList('memory', async () => createLocalLists(createMemoryJournalStore()));
