import { createReadStream } from 'node:fs';
import type { JournalLine } from '../../../core/journal/line';
import { exists } from './durable';
import { hasCode } from './has-code';

const NEWLINE = 0x0a;
const CHUNK = 1 << 18;

/**
 * The whole lines of a file; what stands after the last newline is a write that a crash cut short, and no line.
 * Streams; a file that does not exist has none.
 */
export async function* wholeLines(path: string): AsyncGenerator<JournalLine> {
  if (!exists(path)) return;
  try {
    yield* linesOf(createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
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
