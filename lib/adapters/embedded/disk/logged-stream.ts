import { dirname, join } from 'node:path';
import { replaceFile, syncDir, syncFile } from './durable';
import type { JournalFile } from './journal-file';
import type { HeadKeeper } from './journal-head';
import type { StreamFiles } from './layout';
import type { JobLock } from './lock';
import type { OwnedStream } from './owned-stream';
import type { WriteAheadLog } from './write-ahead-log';

export interface LoggedParts {
  readonly stream: string;
  readonly files: StreamFiles;
  readonly log: Pick<WriteAheadLog, 'commit' | 'fail'>;
  readonly lock: JobLock;
  readonly file: JournalFile;
  readonly keeper: HeadKeeper;
  readonly settling: (work: () => Promise<void>) => Promise<void>;
}

/**
 * A stream whose files are written at once, and synced when the log asks for it.
 * @param unsynced files beside its journal
 */
export function logged(
  { stream, files: { dir }, log, lock, file, keeper, settling }: LoggedParts,
  unsynced: Iterable<string> = [],
): OwnedStream {
  const beside = new Set<string>(unsynced);
  let settled: Promise<void> = Promise.resolve();
  let isEntered = false;

  async function syncAll(): Promise<void> {
    const kept = [...beside];
    beside.clear();
    await file.sync();
    for (const name of kept) await syncFile(join(dir, name));
    if (!isEntered || kept.length > 0) await syncDir(dir);
    if (!isEntered) await syncDir(dirname(dir));
    isEntered = true;
  }

  /** One after the other: what the first has begun to sync, the second finds nothing of. */
  function settle(): Promise<void> {
    settled = settled.then(() => settling(syncAll));
    return settled;
  }

  return {
    file,
    keeper,
    async keep(name, content) {
      await replaceFile(join(dir, name), content, { durable: false });
      beside.add(name);
      await log.commit({ stream, file: name, bytes: Buffer.from(content, 'utf8') });
    },
    settle,
    async giveUp() {
      // Nobody else may have the stream before the log says that it has nothing more of it: the lock stays where that fails.
      try {
        await settle();
        await keeper.flush();
        await log.commit({ stream, settled: true });
      } catch (error) {
        log.fail(error);
        throw error;
      } finally {
        file.close();
      }
      lock.release();
    },
  };
}
