import { EMPTY_HEAD } from '../../../core/journal/envelope';
import { addressOf } from '../../../core/messages/address';
import { exists, makeDir, replaceFile, syncDir } from './durable';
import { type JournalFile, openJournalFile } from './journal-file';
import { createHeadKeeper, type HeadKeeper, readHead } from './journal-head';
import { claimLate, claimOwnLate } from './late-requests';
import type { Layout, StreamFiles } from './layout';
import { type JobLock, lockStream, type MakeFile } from './lock';
import { recoverDirectory } from './wal-recovery';

/** A stream that this process alone writes. */
export interface OwnedStream {
  readonly file: JournalFile;
  readonly keeper: HeadKeeper;
  /** Replaces a file beside the journal; durable when it resolves. */
  readonly keep: (name: string, content: string) => Promise<void>;
  /** Makes durable in its own files what is so in a log only. */
  readonly settle: () => Promise<void>;
  /** Writes the head and lets other processes have the stream. */
  readonly giveUp: () => Promise<void>;
}

/** How streams are taken. @throws RepriseError JOB_LOCKED, JOURNAL_CORRUPT */
export type TakeStream = (stream: string) => Promise<OwnedStream>;

/**
 * Locks a stream that nobody has, be it in a log only, and finds it whole. Its directory is there.
 * @throws RepriseError JOB_LOCKED, JOURNAL_CORRUPT
 */
export async function lockFree(layout: Layout, stream: string, make?: MakeFile): Promise<JobLock> {
  const mayBeLate = addressOf(stream).kind === 'job';
  // Before the lock: it has the name of the one that this process may hold already.
  if (mayBeLate) await claimOwnLate(layout, stream);
  const lock = await lockStream(layout.stream(stream).dir, stream, make);
  try {
    if (mayBeLate) await claimLate(layout, stream);
    await recoverDirectory(layout);
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Each stream makes itself durable: one sync for an append, and more for a stream that is new. */
export function takeAlone(layout: Layout): TakeStream {
  return async (stream) => {
    const files = layout.stream(stream);
    await makeDir(files.dir);
    const lock = await lockFree(layout, stream);
    try {
      const isNew = !exists(files.journal);
      // The head comes first, so that a journal is never found without one.
      if (isNew && !exists(files.head))
        await replaceFile(files.head, `${JSON.stringify(EMPTY_HEAD)}\n`, { durable: false });
      const file = await openJournalFile(files.journal, stream);
      if (file.head().seq === 0) await syncDir(files.dir);
      return ownedAlone(files, { lock, file, keeper: await keeperOf(files, isNew) });
    } catch (error) {
      lock.release();
      throw error;
    }
  };
}

function ownedAlone(
  { dir }: StreamFiles,
  { lock, file, keeper }: Pick<OwnedStream, 'file' | 'keeper'> & { readonly lock: JobLock },
): OwnedStream {
  return {
    file,
    keeper,
    keep: (name, content) => replaceFile(`${dir}/${name}`, content, { durable: true }),
    settle: async () => undefined,
    async giveUp() {
      try {
        await keeper.flush();
        file.close();
      } finally {
        lock.release();
      }
    },
  };
}

export async function keeperOf({ head }: StreamFiles, isNew: boolean): Promise<HeadKeeper> {
  return createHeadKeeper(head, isNew ? undefined : (await readHead(head))?.listing);
}
