import { mkdir } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EMPTY_HEAD } from '../../../core/journal/envelope';
import { createGate } from '../../gate';
import { exists, makeDir, replaceFile, syncDir, syncFile } from './durable';
import { hasCode } from './has-code';
import { type JournalFile, openJournalFile } from './journal-file';
import { type HeadKeeper, readHead } from './journal-head';
import type { Layout, StreamFiles } from './layout';
import { createLinkedFile } from './linked-files';
import { type JobLock, lockStream } from './lock';
import { keeperOf, type OwnedStream, type TakeStream } from './owned-stream';
import { narrow, PRIVATE_DIR } from './privacy';
import { recoverDirectory } from './wal-recovery';
import type { WriteAheadLog } from './write-ahead-log';

type Log = Pick<WriteAheadLog, 'commit' | 'fail'>;

const make = promisify(mkdir);

/** Streams settled at a time: what waits for the log goes through the same few threads. At the end nothing else does. */
const SETTLING = 2;
const SETTLING_AT_THE_END = 32;

/**
 * Streams that are made durable by one log of the process. Their files are written as if there were none, so that whoever reads
 * them finds everything; they are synced when the log asks for it, and when a stream is given up.
 */
export function takeLogged(
  layout: Layout,
  log: Log,
): {
  readonly take: TakeStream;
  /** All streams are given up now, and nothing is appended any more. */
  readonly end: () => void;
  readonly close: () => void;
} {
  let settling = createGate(SETTLING);
  const emptyLock = createLinkedFile(layout, 'lock', '');
  const emptyHead = createLinkedFile(layout, 'head', `${JSON.stringify(EMPTY_HEAD)}\n`);
  const places = new Set<string>();

  /** What is made may go with a loss of power, until it is settled. */
  async function enter({ dir }: StreamFiles): Promise<void> {
    const place = dirname(dir);
    if (!places.has(place)) await makeDir(place);
    places.add(place);
    try {
      await make(dir, { mode: PRIVATE_DIR });
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      narrow(dir);
    }
  }

  const take: TakeStream = async (stream) => {
    const files = layout.stream(stream);
    await enter(files);
    const lock = await lockStream(files.dir, stream, emptyLock.make);
    try {
      await recoverDirectory(layout);
      const isNew = !exists(files.journal);
      if (isNew && !exists(files.head)) await emptyHead.make(files.head);
      const file = await openJournalFile(files.journal, stream, (_, written) =>
        log.commit({ stream, ...written }),
      );
      if (!isNew) await syncRest(files, file);
      const keeper = await keeperOf(files, isNew);
      return owned({ stream, files, log, lock, file, keeper, settling: (work) => settling(work) });
    } catch (error) {
      lock.release();
      throw error;
    }
  };
  return {
    take,
    end() {
      settling = createGate(SETTLING_AT_THE_END);
    },
    close() {
      emptyLock.close();
      emptyHead.close();
    },
  };
}

/** What its head does not reach yet, the process before may have written and not synced, and no log has it. */
async function syncRest({ dir, head }: StreamFiles, file: JournalFile): Promise<void> {
  if ((await readHead(head))?.seq === file.head().seq) return;
  await file.sync();
  await syncDir(dir);
}

interface Parts {
  readonly stream: string;
  readonly files: StreamFiles;
  readonly log: Log;
  readonly lock: JobLock;
  readonly file: JournalFile;
  readonly keeper: HeadKeeper;
  readonly settling: (work: () => Promise<void>) => Promise<void>;
}

function owned({ stream, files: { dir }, log, lock, file, keeper, settling }: Parts): OwnedStream {
  const beside = new Set<string>();
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
