import { closeSync, fstatSync, fsync, ftruncateSync, readSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isRepriseError, RepriseError } from '../../../core/errors';
import { EMPTY_HEAD, hashEvent } from '../../../core/journal/envelope';
import { parseLine } from '../../../core/journal/line';
import { exists, makeDir, openFile, replaceFile, syncDir } from './durable';
import type { Layout } from './layout';
import type { WalEntry } from './wal-frames';

const sync = promisify(fsync);

/** What a log has of a stream that may be nowhere else. */
export type OpenEntry = Exclude<WalEntry, { readonly settled: true }>;

type JournalEntry = Extract<OpenEntry, { readonly at: number }>;

/** Writes what a log has of a stream into the files of the stream, durably. Done again, it changes nothing. */
export async function restoreStream(
  layout: Layout,
  stream: string,
  entries: readonly OpenEntry[],
): Promise<void> {
  const { dir, journal, head } = layout.stream(stream);
  await makeDir(dir);
  if (!exists(head)) await replaceFile(head, `${JSON.stringify(EMPTY_HEAD)}\n`, { durable: false });
  const fd = await openFile(journal, exists(journal) ? 'r+' : 'w+');
  try {
    for (const entry of entries) {
      if ('file' in entry) await replaceFile(join(dir, entry.file), entry.bytes, { durable: true });
      else putBack(fd, entry, journal);
    }
    const last = entries.findLast((entry) => 'at' in entry);
    if (last) cutAfter(fd, last);
    await sync(fd);
  } finally {
    closeSync(fd);
  }
  await syncDir(dir);
  await syncDir(dirname(dir));
}

/**
 * Bytes that are there are written all the same: what the system has in memory, the disk may not have. What follows them stays;
 * where others stand, those and all that follow were lost or never acknowledged.
 */
function putBack(fd: number, { stream, at, bytes }: JournalEntry, path: string): void {
  if (fstatSync(fd).size < at) {
    const message = `${path} ends before byte ${at}, where the log of a process that ended goes on: restore it from a copy, or move the log away (wal/*.wal) to go on with what the journals themselves hold`;
    throw new RepriseError('JOURNAL_CORRUPT', message, { context: { stream, path, at } });
  }
  if (!read(fd, at, bytes.length).equals(bytes)) ftruncateSync(fd, at);
  for (let done = 0; done < bytes.length; )
    done += writeSync(fd, bytes, done, bytes.length - done, at + done);
}

/** What was never acknowledged may stay as far as it is events, one chained to the other. */
function cutAfter(fd: number, { stream, at, bytes }: JournalEntry): void {
  const end = at + bytes.length;
  const rest = read(fd, end, fstatSync(fd).size - end);
  let sound = 0;
  let prev = eventOf(bytes.toString('utf8').trimEnd().split('\n').at(-1) ?? '', stream)?.hash;
  for (let to = rest.indexOf('\n'); to !== -1; to = rest.indexOf('\n', sound)) {
    const event = eventOf(rest.toString('utf8', sound, to), stream);
    if (event?.prev !== prev) break;
    [sound, prev] = [to + 1, event?.hash];
  }
  if (sound < rest.length) ftruncateSync(fd, end + sound);
}

function eventOf(text: string, stream: string) {
  try {
    const event = parseLine({ number: 0, text }, stream);
    return event.stream === stream && hashEvent(event) === event.hash ? event : undefined;
  } catch (error) {
    if (isRepriseError(error, 'JOURNAL_CORRUPT')) return undefined;
    throw error;
  }
}

function read(fd: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, at));
}
