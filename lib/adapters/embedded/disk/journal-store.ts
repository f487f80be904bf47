import { RepriseError } from '../../../core/errors';
import { GENESIS, type Recorded, type StreamHead } from '../../../core/journal/envelope';
import { corrupt, type JournalLine, parseLine } from '../../../core/journal/line';
import { inNewestShape } from '../../../core/journal/newest';
import { addressOf, jobAt, streamOf } from '../../../core/messages/address';
import type { Timing } from '../../../core/model/time';
import type { JournalStore } from '../../../core/ports/stores';
import { retrying } from '../../../core/retry/retrying';
import { SYSTEM } from '../../system';
import { exists } from './durable';
import { headOnDisk } from './journal-file';
import { linesOf, wholeLines } from './journal-lines';
import { showLate } from './late-requests';
import type { Layout } from './layout';
import { type MarkedStream, marksOnDisk } from './marks';
import { createOwnedStreams, isShared, type LogOptions, type OwnedStreams } from './owned-streams';

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
  /** Replaces a file beside the journal of a stream, which is taken as by an append; durable when it resolves. */
  readonly keep: (stream: string, name: string, content: string) => Promise<void>;
  /** What was kept so, where it has no file yet. */
  readonly kept: (stream: string, name: string) => string | undefined;
  /** The streams of a kind that are in the directory, those of other processes too, with or without files. */
  readonly marks: (kind: string) => Promise<readonly MarkedStream[]>;
  /** Makes the files of a stream that stands in the log only, for whoever reads files. */
  readonly show: (stream: string) => Promise<void>;
  /** Writes the head of a stream and gives it up; a later append takes it again. */
  readonly release: (stream: string) => Promise<void>;
  /** Writes the heads and gives up all streams. */
  readonly close: () => Promise<void>;
}

export interface FileJournalOptions {
  readonly timing?: Timing;
  /** One log for all streams: for a process that writes many. Else each is synced by itself. */
  readonly log?: LogOptions;
}

const MOMENT = { strategy: 'exponential', initialDelayMs: 5, maxDelayMs: 200, jitter: 'full' } as const;
const PATIENCE_MS = 20_000;

export function createFileJournalStore(
  layout: Layout,
  { timing = SYSTEM, log: logged }: FileJournalOptions = {},
): FileJournalStore {
  const { owned, late, lateMarks, writesLate, take, release, close } = createOwnedStreams(layout, logged);

  const appendOwned: JournalStore['append'] = async (stream, expected, events, listing) => {
    const held = await take(stream);
    const { file, keeper } = held;
    // One after the other: where the stream ends is known only when the append under way is over.
    const appending = held.pending.then(async () => {
      const head = file.head();
      if (head.seq !== expected.seq || head.hash !== expected.hash) throw conflict(stream, expected, head);
      if (events.length === 0) return;
      await file.write(events);
      keeper.note(file.head(), listing);
    });
    held.pending = appending.catch(() => undefined);
    await appending;
  };

  async function* written(stream: string, fromSeq = 1): AsyncGenerator<Recorded> {
    const held = await owned.get(stream);
    // Nobody else writes it: there is nothing past its end.
    if (held && held.file.head().seq < fromSeq) return;
    const text = late(stream)?.file.unfiled();
    if (!text && !held) await findLate(stream);
    yield* readEvents(text ? linesOf(oneChunk(text)) : wholeLines(pathOf(stream)), stream, fromSeq);
  }

  const pathOf = (stream: string) => layout.stream(stream).journal;

  /** What is not here may be in the log of another process only. */
  async function findLate(stream: string): Promise<void> {
    if (writesLate() || addressOf(stream).kind !== 'job' || exists(pathOf(stream))) return;
    await showLate(layout);
  }

  return {
    async own(jobId) {
      await take(streamOf(jobAt(jobId)));
    },

    async ownStream(stream) {
      await take(stream);
    },

    async keep(stream, name, content) {
      const held = await take(stream);
      const keeping = held.keep(name, content);
      held.pending = Promise.allSettled([held.pending, keeping]);
      await keeping;
    },

    kept: (stream, name) => late(stream)?.kept(name),

    marks: (kind) => marksOf(layout, { lateMarks, writesLate }, kind),

    show: async (stream) => late(stream)?.make(),

    release,

    async head(stream) {
      const held = (await owned.get(stream)) ?? late(stream);
      if (held) return held.file.head();
      await findLate(stream);
      return headOnDisk(pathOf(stream), stream);
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

    close,
  };
}

async function marksOf(
  layout: Layout,
  { lateMarks, writesLate }: Pick<OwnedStreams, 'lateMarks' | 'writesLate'>,
  kind: string,
): Promise<MarkedStream[]> {
  if (kind === 'job' && !writesLate()) await showLate(layout);
  // Before the files: one that gets them meanwhile is there twice, and not missed.
  const late = lateMarks(kind);
  const filed = await marksOnDisk(layout, kind);
  const known = new Set(filed.map(({ stream }) => stream));
  return [...filed, ...late.filter(({ stream }) => !known.has(stream))];
}

/** Checks what costs nothing, place and chain; the hashes are for `verify`. */
async function* readEvents(
  lines: AsyncIterable<JournalLine>,
  stream: string,
  fromSeq: number,
): AsyncGenerator<Recorded> {
  let prev = GENESIS;
  for await (const line of lines) {
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

async function* oneChunk(text: Buffer): AsyncGenerator<Buffer> {
  yield text;
}

function conflict(stream: string, expected: StreamHead, actual: StreamHead): RepriseError {
  return new RepriseError(
    'VERSION_CONFLICT',
    `${stream} ends at ${actual.seq}, not at ${expected.seq} as expected: reload and decide again`,
    { context: { stream, expected: expected.seq, actual: actual.seq } },
  );
}
