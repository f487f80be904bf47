import { mkdir } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { EMPTY_HEAD } from '../../../core/journal/envelope';
import { createGate } from '../../gate';
import { exists, makeDir, syncDir } from './durable';
import { hasCode } from './has-code';
import { type JournalFile, openJournalFile } from './journal-file';
import { readHead } from './journal-head';
import { createLateStreams, type LateOptions, type LateStreams } from './late-streams';
import type { Layout, StreamFiles } from './layout';
import { createLinkedFile } from './linked-files';
import { logged } from './logged-stream';
import { keeperOf, lockFree, type TakeStream } from './owned-stream';
import { narrow, PRIVATE_DIR } from './privacy';
import type { WriteAheadLog } from './write-ahead-log';

type Log = Pick<WriteAheadLog, 'commit' | 'fail'>;

const make = promisify(mkdir);

/** Streams settled at a time: what waits for the log goes through the same few threads. At the end nothing else does. */
const SETTLING = 2;
const SETTLING_AT_THE_END = 32;

/**
 * Streams that are made durable by one log of the process. A new job stands there only, until its files are made; files
 * that are there are written as if there were no log, so that whoever reads them finds everything, and synced when the log asks for it
 * and when a stream is given up.
 */
export function takeLogged(
  layout: Layout,
  log: Log,
  { mostLate }: Pick<LateOptions, 'mostLate'>,
): {
  readonly take: TakeStream;
  /** Those that have no files yet. */
  readonly late: Pick<LateStreams, 'get' | 'marks' | 'isOpen'>;
  /** All streams are given up now, and nothing is appended any more. */
  readonly end: () => void;
  /** After it the log has nothing of streams that are given up. */
  readonly leave: () => Promise<void>;
  readonly close: () => Promise<void>;
} {
  let settling = createGate(SETTLING);
  const emptyLock = createLinkedFile(layout, 'lock', '');
  const emptyHead = createLinkedFile(layout, 'head', `${JSON.stringify(EMPTY_HEAD)}\n`);
  const places = new Set<string>();
  const inTurn = (work: () => Promise<void>) => settling(work);

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

  const late = createLateStreams({
    ...{ layout, log, mostLate, enter, settling: inTurn, makeLock: emptyLock.make, makeHead: emptyHead.make },
  });

  const take: TakeStream = async (stream) => {
    const begun = await late.take(stream);
    if (begun) return begun;
    const files = layout.stream(stream);
    await enter(files);
    const lock = await lockFree(layout, stream, emptyLock.make);
    try {
      const isNew = !exists(files.journal);
      if (isNew && !exists(files.head)) await emptyHead.make(files.head);
      const file = await openJournalFile(files.journal, stream, (written) =>
        log.commit({ stream, ...written }),
      );
      if (!isNew) await syncRest(files, file);
      const keeper = await keeperOf(files, isNew);
      return logged({ stream, files, log, lock, file, keeper, settling: inTurn });
    } catch (error) {
      lock.release();
      throw error;
    }
  };
  return {
    take,
    late,
    end() {
      settling = createGate(SETTLING_AT_THE_END);
    },
    leave: late.leave,
    async close() {
      await late.close();
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
