import { createFileHistory } from '../../lib/adapters/embedded/disk/history';
import { layoutOf } from '../../lib/adapters/embedded/disk/layout';
import { createMemoryHistory } from '../../lib/adapters/memory/history';
import { temporaryDir } from '../support/e2e-files';
import { historyContract } from './history.contract';

historyContract('memory', async () => createMemoryHistory());
historyContract('files', async () => createFileHistory(layoutOf(temporaryDir())));
