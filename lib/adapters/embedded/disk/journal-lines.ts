import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { JournalLine } from '../../../core/journal/line';
import { exists } from './durable';
import { hasCode } from './has-code';

const NEWLINE = 0x0a;
const CHUNK = 1 << 18;
const readMore = promisify(read);

/**
 * The whole lines of a file; what stands after the last newline is a write that a crash cut short, and no line.
 * A file that does not exist has none.
 */
export async function* wholeLines(path: string): AsyncGenerator<JournalLine> {
  const fd = exists(path) ? openToRead(path) : undefined;
  if (fd === undefined) return;
  try {
    yield* linesOf(chunksOf(fd));
  } finally {
    closeSync(fd);
  }
}

function openToRead(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * What is in a file now. Most journals are one chunk, which is read at once: trips through the thread pool take many times as
 * long, and wait behind syncs.
 */
async function* chunksOf(fd: number): AsyncGenerator<Buffer> {
  let left = fstatSync(fd).size;
  const first = Buffer.allocUnsafe(Math.min(left, CHUNK));
  let length = left > 0 ? readSync(fd, first) : 0;
  if (length > 0) yield first.subarray(0, length);
  // Whoever reads thousands of journals lets others have their turn.
  await setImmediate();
  while (length > 0 && left > length) {
    left -= length;
    const next = Buffer.allocUnsafe(Math.min(left, CHUNK));
    length = (await readMore(fd, next, 0, next.length, null)).bytesRead;
    if (length > 0) yield next.subarray(0, length);
  }
}

/**
 * The whole lines of bytes that come in chunks.
 * @param hasRest whether what stands after the last newline is a line too
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>, hasRest = false): AsyncGenerator<JournalLine> {
  let number = 0;
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const piece = chunk.subarray(start, end);
      const line = rest.length === 0 ? piece : Buffer.concat([...rest, piece]);
      rest = [];
      start = end + 1;
      number += 1;
      yield { number, text: line.toString('utf8') };
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
  if (hasRest && rest.length > 0) yield { number: number + 1, text: Buffer.concat(rest).toString('utf8') };
}
