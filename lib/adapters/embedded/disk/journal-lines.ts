import { createReadStream } from 'node:fs';
import { RepriseError } from '../../../core/errors';
import type { Recorded } from '../../../core/journal/envelope';
import { exists } from './durable';
import { hasCode } from './has-code';

const NEWLINE = 0x0a;

/** A whole line of a journal file, 1-based. */
export interface JournalLine {
  readonly number: number;
  readonly text: string;
}

/**
 * The whole lines of a file; what stands after the last newline is a write that a crash cut short, and no line.
 * Streams; a file that does not exist has none.
 */
export async function* wholeLines(path: string): AsyncGenerator<JournalLine> {
  if (!exists(path)) return;
  let number = 0;
  let rest: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
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
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/**
 * The event of a line: event `n` stands on line `n`.
 * @throws RepriseError JOURNAL_CORRUPT, with the sequence in its context, when the line is none.
 */
export function parseLine({ number, text }: JournalLine, stream: string): Recorded {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw corrupt(stream, number, 'the line is not JSON');
  }
  // The hash covers the fields of an event, this check what a line could hold beside them.
  if (!isEvent(value) || JSON.stringify(value) !== text) {
    throw corrupt(stream, number, 'the line is not an event as the journal writes it');
  }
  return value;
}

/** One line for one event, newline included, whatever order its fields came in. */
export function formatLine(event: Recorded): string {
  const { stream, seq, at, type, data, actor, causeId, correlationId, traceId, prev, hash } = event;
  const fields = { stream, seq, at, type, data, actor, causeId, correlationId, traceId, prev, hash };
  return `${JSON.stringify(fields)}\n`;
}

export function corrupt(stream: string, seq: number, reason: string): RepriseError {
  return new RepriseError(
    'JOURNAL_CORRUPT',
    `the journal of ${stream} is damaged at event ${seq}: ${reason}. It is left as it is: restore it from a copy`,
    { context: { stream, seq, reason } },
  );
}

/** The fields in the order in which `formatLine` writes them, and no other. */
const FIELDS = 'stream,seq,at,type,data,actor,causeId,correlationId,traceId,prev,hash';

function isEvent(value: unknown): value is Recorded {
  if (typeof value !== 'object' || value === null || Object.keys(value).join() !== FIELDS) return false;
  const { seq, at, data, actor } = value as Record<string, unknown>;
  return (
    Number.isSafeInteger(seq) &&
    Number.isFinite(at) &&
    typeof data === 'object' &&
    data !== null &&
    typeof actor === 'object' &&
    actor !== null
  );
}
