import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RepriseError } from '../../../core/errors';
import { assertKnown, freshRecord, NO_RECORD, newestOf, parseRecord } from '../../../core/migration/migrate';
import type { Migration, StoreMarker, StoreRecord } from '../../../core/ports/migration';
import { replaceFile } from './durable';
import { hasCode } from './has-code';
import type { Layout } from './layout';
import { lockDirectory } from './lock';
import { isOurs, keepPrivate } from './privacy';
import { recoverDirectory } from './wal-recovery';

/**
 * Layouts of a journal directory, and what makes the next of each. A version of Reprise reads the layout before its own as
 * well, as jobs may run in a directory that nobody has migrated yet.
 */
export const DIRECTORY_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'layout-record',
    does: 'says in store.json which layout the directory has',
    page: async () => ({ changed: 1, examples: ['store.json'] }),
  },
  {
    version: 2,
    name: 'write-ahead-log',
    does: 'keeps versions away that would not read the log of a daemon',
    page: async () => ({ changed: 1, examples: ['store.json'] }),
  },
];

const pathOf = ({ root }: Layout): string => join(root, 'store.json');

/** What messages call the directory. */
export const storeNameOf = ({ root }: Layout): string => `the journal directory ${root}`;

/** What the directory says of its layout. @throws RepriseError INPUT_INVALID where that cannot be read */
export function readStoreRecord(layout: Layout): StoreRecord {
  const name = `${storeNameOf(layout)} (store.json)`;
  try {
    return parseRecord(name, JSON.parse(readFileSync(pathOf(layout), 'utf8')));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return NO_RECORD;
    if (error instanceof SyntaxError) return parseRecord(name, undefined);
    throw error;
  }
}

/** The record beside the journals; its lock is that of a daemon and of a cleanup. */
export function createDirectoryMarker(layout: Layout): StoreMarker {
  return {
    read: async () => readStoreRecord(layout),
    write: (record) => replaceFile(pathOf(layout), `${JSON.stringify(record)}\n`, { durable: true }),
    async lock() {
      const lock = await lockDirectory(layout.root, ({ pid }) => {
        const message = `process ${pid} holds ${layout.root}: a daemon migrates by itself when it starts; stop what else it is, and try again`;
        return new RepriseError('JOB_LOCKED', message, { context: { pid } });
      });
      return { release: async () => lock.release() };
    },
  };
}

/**
 * Makes a journal directory ready for use: nobody else reads it, a new one says its layout.
 * @returns what a person should know, as `keepPrivate` does.
 * @throws RepriseError STORE_NEWER, and changes nothing, where a later version of Reprise has been here.
 */
export async function openDirectory(layout: Layout): Promise<string | undefined> {
  const record = readStoreRecord(layout);
  assertKnown(storeNameOf(layout), record, newestOf(DIRECTORY_MIGRATIONS));
  const isNew = !holdsOurs(layout);
  const warning = keepPrivate(layout);
  if (isNew) await createDirectoryMarker(layout).write(freshRecord(DIRECTORY_MIGRATIONS));
  await recoverDirectory(layout);
  return warning;
}

/** Of a directory of an older layout something is there: it is migrated, and not declared new. */
function holdsOurs({ root }: Layout): boolean {
  try {
    return readdirSync(root).some((name) => isOurs(name) && !name.startsWith('owner-'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
