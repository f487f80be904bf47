import { parseStream } from '../../core/engine/streams';
import { RepriseError } from '../../core/errors';
import type { JobStatusIndex } from '../../core/job/events';
import { EMPTY_HEAD, GENESIS, type Recorded, type StreamHead } from '../../core/journal/envelope';
import type { JournalStore } from '../../core/ports';
import { exists, makeDir, replaceFile, syncDir } from './durable';
import { type JobLock, lockJob } from './job-lock';
import { type JournalFile, openJournalFile } from './journal-file';
import { createHeadKeeper, type HeadKeeper } from './journal-head';
import { corrupt, parseLine, wholeLines } from './journal-lines';
import type { Layout } from './layout';

/** Journals of jobs as files of this machine, each written by one process at a time. */
export interface FileJournalStore extends JournalStore {
  /**
   * Takes a job for this process until `close`, so that nothing read from here on can change under it.
   * The first append to a job does the same.
   * @throws RepriseError JOB_LOCKED, JOURNAL_CORRUPT
   */
  readonly own: (jobId: string) => Promise<void>;
  /** Writes the heads and gives up all jobs. */
  readonly close: () => Promise<void>;
}

interface OwnedJob {
  readonly lock: JobLock;
  readonly file: JournalFile;
  readonly keeper: HeadKeeper;
}

export function createFileJournalStore(layout: Layout): FileJournalStore {
  const owned = new Map<string, Promise<OwnedJob>>();

  function take(jobId: string): Promise<OwnedJob> {
    const held = owned.get(jobId);
    if (held) return held;
    const taking = takeJob(layout, jobId);
    owned.set(jobId, taking);
    taking.catch(() => owned.delete(jobId));
    return taking;
  }

  return {
    async own(jobId) {
      await take(jobId);
    },

    async head(stream) {
      const jobId = jobOf(stream);
      const held = owned.get(jobId);
      if (held) return (await held).file.head();
      let head: StreamHead = EMPTY_HEAD;
      for await (const { seq, hash } of this.read(stream)) head = { seq, hash };
      return head;
    },

    read: (stream, fromSeq = 1) => readEvents(layout.journal(jobOf(stream)), stream, fromSeq),

    async append(stream, expected, events, index?: JobStatusIndex) {
      const { file, keeper } = await take(jobOf(stream));
      const head = file.head();
      if (head.seq !== expected.seq || head.hash !== expected.hash) throw conflict(stream, expected, head);
      if (events.length === 0) return;
      await file.write(events);
      keeper.note({ ...file.head(), ...(index === undefined ? {} : { index }) });
    },

    async close() {
      for (const [jobId, taking] of owned) {
        owned.delete(jobId);
        const job = await taking.catch(() => undefined);
        if (job) await giveUp(job);
      }
    },
  };
}

async function takeJob(layout: Layout, jobId: string): Promise<OwnedJob> {
  const dir = layout.job(jobId);
  await makeDir(dir);
  const lock = await lockJob(dir, jobId);
  try {
    const isNew = !(await exists(layout.journal(jobId)));
    // The head comes first, so that a journal is never found without one.
    if (isNew && !(await exists(layout.head(jobId)))) {
      await replaceFile(layout.head(jobId), `${JSON.stringify(EMPTY_HEAD)}\n`, { durable: false });
    }
    const file = await openJournalFile(layout.journal(jobId), `job/${jobId}`);
    if (isNew) await syncDir(dir);
    return { lock, file, keeper: createHeadKeeper(layout.head(jobId)) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function giveUp({ lock, file, keeper }: OwnedJob): Promise<void> {
  try {
    await keeper.flush();
    await file.close();
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

function jobOf(stream: string): string {
  const { kind, id } = parseStream(stream);
  if (kind !== 'job') throw new Error(`the file journal keeps jobs, not ${stream}`);
  return id;
}

function conflict(stream: string, expected: StreamHead, actual: StreamHead): RepriseError {
  return new RepriseError(
    'VERSION_CONFLICT',
    `${stream} ends at ${actual.seq}, not at ${expected.seq} as expected: reload and decide again`,
    { context: { stream, expected: expected.seq, actual: actual.seq } },
  );
}
