import { RepriseError } from '../errors';
import type { Recorded } from './envelope';

/** A whole line of a journal file, 1-based. */
export interface JournalLine {
  readonly number: number;
  readonly text: string;
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
  const { stream, seq, at, type, v, data, actor, causeId, correlationId, traceId, prev, hash } = event;
  // One without a version is written without it.
  const fields = { stream, seq, at, type, v, data, actor, causeId, correlationId, traceId, prev, hash };
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
const VERSIONED = FIELDS.replace(',data', ',v,data');

function isEvent(value: unknown): value is Recorded {
  if (typeof value !== 'object' || value === null) return false;
  const { seq, at, v, data, actor } = value as Record<string, unknown>;
  const isFirst = v === undefined;
  if (Object.keys(value).join() !== (isFirst ? FIELDS : VERSIONED)) return false;
  return (
    (isFirst || (Number.isSafeInteger(v) && (v as number) > 1)) &&
    Number.isSafeInteger(seq) &&
    Number.isFinite(at) &&
    typeof data === 'object' &&
    data !== null &&
    typeof actor === 'object' &&
    actor !== null
  );
}
