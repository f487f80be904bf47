import { RepriseError } from '../../../core/errors';
import { EMPTY_HEAD, GENESIS, type Recorded, type StreamHead } from '../../../core/journal/envelope';
import { corrupt, parseLine } from '../../../core/journal/line';
import { inNewestShape } from '../../../core/journal/newest';
import { jobAt, streamOf } from '../../../core/messages/address';
import type { Timing } from '../../../core/model/time';
import type { JournalStore } from '../../../core/ports/stores';
import { retrying } from '../../../core/retry/retrying';
import { SYSTEM } from '../../system';
import { exists, makeDir, replaceFile, syncDir } from './durable';
import { headOnDisk, type JournalFile, openJournalFile } from './journal-file';
import { createHeadKeeper, type HeadKeeper, readHead } from './journal-head';
import { wholeLines } from './journal-lines';
import type { Layout } from './layout';
import { type JobLock, lockStream } from './lock';

/**
 * Journals of jobs, triggers, dependencies and letters as files of this machine, each written by one process at a time. Those
 * of letters and of the audit trail are held while something is appended to them, and no longer: other processes write there too.
 */
export interface FileJournalStore extends JournalStore {
  /**
   * Takes a job for this process until `close`, so that nothing read from here on can change under it.
   * The first append to a job does the same.
   * @throws RepriseError JOB_LOCKED, JOURNAL_CORRUPT
   */
  readonly own: (jobId: string) => Promise<void>;
  /** As `own`, for a stream of any kind. */
  readonly ownStream: (stream: string) => Promise<void>;
  /** Writes the head of a stream and gives it up; a later append takes it again. */
  readonly release: (stream: string) => Promise<void>;
  /** Writes the heads and gives up all streams. */
  readonly close: () => Promise<void>;
}

interface OwnedStream {
  readonly lock: JobLock;
  readonly file: JournalFile;
  readonly keeper: HeadKeeper;
  /** Resolves when the append that was asked for last is over, however it went. */
  appended: Promise<unknown>;
}

/** Such a stream is held for a moment; whoever meets another process there comes again. */
const isShared = (stream: string): boolean => /^(?:letter|audit)\//.test(stream);

const MOMENT = { strategy: 'exponential', initialDelayMs: 5, maxDelayMs: 200, jitter: 'full' } as const;
const PATIENCE_MS = 20_000;

export function createFileJournalStore(layout: Layout, timing: Timing = SYSTEM): FileJournalStore {
  const owned = new Map<string, Promise<OwnedStream>>();

  function take(stream: string): Promise<OwnedStream> {
    const held = owned.get(stream);
    if (held) return held;
    const taking = takeStream(layout, stream);
    owned.set(stream, taking);
    taking.catch(() => owned.delete(stream));
    return taking;
  }

  async function release(stream: string): Promise<void> {
    const taking = owned.get(stream);
    owned.delete(stream);
    const held = await taking?.catch(() => undefined);
    if (held) await giveUp(held);
  }

  const appendOwned: JournalStore['append'] = async (stream, expected, events, listing) => {
    const held = await take(stream);
    const { file, keeper } = held;
    // One after the other: where the stream ends is known only when the append under way is over.
    const appending = held.appended.then(async () => {
      const head = file.head();
      if (head.seq !== expected.seq || head.hash !== expected.hash) throw conflict(stream, expected, head);
      if (events.length === 0) return;
      await file.write(events);
      keeper.note(file.head(), listing);
    });
    held.appended = appending.catch(() => undefined);
    await appending;
  };

  async function* written(stream: string, fromSeq = 1): AsyncGenerator<Recorded> {
    const held = await owned.get(stream);
    // Nobody else writes it: there is nothing past its end.
    if (held && held.file.head().seq < fromSeq) return;
    yield* readEvents(layout.stream(stream).journal, stream, fromSeq);
  }

  return {
    async own(jobId) {
      await take(streamOf(jobAt(jobId)));
    },

    async ownStream(stream) {
      await take(stream);
    },

    release,

    async head(stream) {
      const held = owned.get(stream);
      if (held) return (await held).file.head();
      return headOnDisk(layout.stream(stream).journal, stream);
    },

    read: (stream, fromSeq) => inNewestShape(written(stream, fromSeq)),

    written,

    async append(stream, expected, events, listing) {
      if (!isShared(stream)) return appendOwned(stream, expected, events, listing);
      await retrying(() => take(stream), { ...timing, backoff: MOMENT, until: timing.clock() + PATIENCE_MS });
      try {
        await appendOwned(stream, expected, events, listing);
      } finally {
        await release(stream);
      }
    },

    async close() {
      for (const stream of [...owned.keys()]) await release(stream);
    },
  };
}

async function takeStream(layout: Layout, stream: string): Promise<OwnedStream> {
  const files = layout.stream(stream);
  await makeDir(files.dir);
  const lock = await lockStream(files.dir, stream);
  try {
    const isNew = !exists(files.journal);
    // The head comes first, so that a journal is never found without one.
    if (isNew && !exists(files.head)) {
      await replaceFile(files.head, `${JSON.stringify(EMPTY_HEAD)}\n`, { durable: false });
    }
    const file = await openJournalFile(files.journal, stream);
    if (isNew) await syncDir(files.dir);
    const known = isNew ? undefined : await readHead(files.head);
    return { lock, file, keeper: createHeadKeeper(files.head, known?.listing), appended: Promise.resolve() };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function giveUp({ lock, file, keeper, appended }: OwnedStream): Promise<void> {
  try {
    await appended;
    await keeper.flush();
    file.close();
  } finally {
    lock.release();
  }
}

/** Checks what costs nothing, place and chain; the hashes are for `verify`. */
async function* readEvents(path: string, stream: string, fromSeq: number): AsyncGenerator<Recorded> {
  let prev = GENESIS;
  for await (const line of wholeLines(path)) {
    if (line.number < fromSeq - 1) continue;
    const event = parseLine(line, stream);
    if (event.stream !== stream) throw corrupt(stream, line.number, `the event belongs to ${event.stream}`);
    if (event.seq !== line.number) {
      throw corrupt(stream, line.number, `sequence ${event.seq} stands where ${line.number} was expected`);
    }
    const chained = line.number === fromSeq - 1 || event.prev === prev;
    if (!chained) throw corrupt(stream, line.number, 'the event is not chained to the one before it');
    prev = event.hash;
    if (event.seq >= fromSeq) yield event;
  }
}

function conflict(stream: string, expected: StreamHead, actual: StreamHead): RepriseError {
  return new RepriseError(
    'VERSION_CONFLICT',
    `${stream} ends at ${actual.seq}, not at ${expected.seq} as expected: reload and decide again`,
    { context: { stream, expected: expected.seq, actual: actual.seq } },
  );
}
