import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { EMPTY_HEAD, type Recorded, type StreamHead } from '../../../core/journal/envelope';
import { formatLine, parseLine } from '../../../core/journal/line';
import { openFile } from './durable';
import { hasCode } from './has-code';
import { wholeLines } from './journal-lines';

const syncData = promisify(fdatasync);
const CHUNK = 1 << 18;
const NEWLINE = 0x0a;

/** Makes bytes durable that were written at a place of a journal. */
export type MakeDurable = (written: { readonly at: number; readonly bytes: Buffer }) => Promise<void>;

/** Where the bytes of a journal go. */
export interface Sink {
  /** Adds all of the bytes. */
  readonly add: (bytes: Buffer) => void;
  /** Takes away what stands after a byte. */
  readonly cut: (end: number) => void;
  readonly sync: () => Promise<void>;
  readonly close: () => void;
}

/** A journal file that this process writes. */
export interface JournalFile {
  readonly head: () => StreamHead;
  /** Writes events at the end; durable when it resolves. After a failure the file takes no more. */
  readonly write: (events: readonly Recorded[]) => Promise<void>;
  /** What was written, where there is no file of it yet. */
  readonly unfiled: () => Buffer | undefined;
  /** Makes durable what stands in it. */
  readonly sync: () => Promise<void>;
  readonly close: () => void;
}

/**
 * Opens a journal to write, creating it when it is missing. A line without its newline is a write that a crash
 * cut short: it was never acknowledged, and is cut off.
 * @param makeDurable by a sync of the file itself, unless it is said
 * @throws RepriseError JOURNAL_CORRUPT when the last whole line is not an event.
 */
export async function openJournalFile(
  path: string,
  stream: string,
  makeDurable?: MakeDurable,
): Promise<JournalFile> {
  const fd = await openFile(path, 'a+');
  try {
    const tail = cutTorn(fd);
    if (tail.isCut) await syncData(fd);
    const last = tail.line === undefined ? undefined : await parseLast(path, stream, tail.line);
    const start = { head: last ? { seq: last.seq, hash: last.hash } : EMPTY_HEAD, size: tail.end };
    const file = fileSink(fd);
    return { ...journalIn(file, makeDurable ?? file.sync, start), unfiled: () => undefined };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * Where a journal ends that another process may be writing: its last whole line. Changes nothing.
 * @throws RepriseError JOURNAL_CORRUPT when that is not an event.
 */
export async function headOnDisk(path: string, stream: string): Promise<StreamHead> {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return EMPTY_HEAD;
    throw error;
  }
  try {
    const { line } = scanTail(fd, fstatSync(fd).size);
    if (line === undefined) return EMPTY_HEAD;
    const { seq, hash } = await parseLast(path, stream, line);
    return { seq, hash };
  } finally {
    closeSync(fd);
  }
}

/** A file that is open to append. */
export function fileSink(fd: number): Sink {
  return {
    // Into the page cache, which takes microseconds: a trip through the thread pool would cost more.
    add(bytes) {
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    },
    cut: (end) => ftruncateSync(fd, end),
    sync: () => syncData(fd),
    close: () => closeSync(fd),
  };
}

/** A journal that goes on from where it ends. */
export function journalIn(
  { add, cut, sync, close }: Sink,
  makeDurable: MakeDurable,
  start: { readonly head: StreamHead; readonly size: number } = { head: EMPTY_HEAD, size: 0 },
): Omit<JournalFile, 'unfiled'> {
  let { head, size: end } = start;
  let broken: unknown;

  return {
    ...{ sync, close },
    head: () => head,
    async write(events) {
      if (broken !== undefined) throw broken;
      try {
        const bytes = Buffer.from(events.map(formatLine).join(''), 'utf8');
        add(bytes);
        await makeDurable({ at: end, bytes });
        end += bytes.length;
      } catch (error) {
        // After a failed fsync nobody knows what is on the disk (https://wiki.postgresql.org/wiki/Fsync_Errors):
        // what was not acknowledged is taken back as far as possible, and the next open reads what is there.
        broken = error;
        takeBack(cut, end);
        throw error;
      }
      const last = events.at(-1);
      if (last) head = { seq: last.seq, hash: last.hash };
    },
  };
}

function takeBack(cut: Sink['cut'], end: number): void {
  try {
    cut(end);
  } catch {
    // Whole lines that stay are a prefix of the batch, which every reader tolerates; a torn one is cut on open.
  }
}

/** Cuts off what stands after the last newline of a file that is open to write: a write that a crash cut short. */
export function cutTorn(fd: number): ReturnType<typeof scanTail> & { readonly isCut: boolean } {
  const { size } = fstatSync(fd);
  const tail = scanTail(fd, size);
  const isCut = tail.end < size;
  if (isCut) ftruncateSync(fd, tail.end);
  return { ...tail, isCut };
}

/** The number of a line is counted only for the complaint about it. */
async function parseLast(path: string, stream: string, text: string): Promise<Recorded> {
  try {
    return parseLine({ number: 0, text }, stream);
  } catch {
    let number = 0;
    for await (const line of wholeLines(path)) number = line.number;
    return parseLine({ number, text }, stream);
  }
}

/** Where the last whole line ends, and that line. Reads backwards from the end, so its time is that line's. */
function scanTail(fd: number, size: number): { end: number; line?: string } {
  let tail = Buffer.alloc(0);
  for (let from = size; from > 0; ) {
    const length = Math.min(CHUNK, from);
    from -= length;
    const chunk = Buffer.alloc(length);
    readSync(fd, chunk, 0, length, from);
    tail = Buffer.concat([chunk, tail]);
    const last = tail.lastIndexOf(NEWLINE);
    const before = last <= 0 ? -1 : tail.lastIndexOf(NEWLINE, last - 1);
    if (last === -1 || (before === -1 && from > 0)) continue;
    return { end: from + last + 1, line: tail.subarray(before + 1, last).toString('utf8') };
  }
  return { end: 0 };
}
