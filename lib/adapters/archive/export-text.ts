import type { KeyObject } from 'node:crypto';
import { EMPTY_HEAD, type Recorded } from '../../core/journal/envelope';
import { formatLine } from '../../core/journal/line';
import type { Anchored } from './anchor-text';
import { CSV_HEADER, csvOfEvent, csvOfHead } from './csv';
import { signHead } from './signed-head';

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

interface Format {
  readonly first: string;
  readonly event: (event: Recorded) => string;
  readonly head: (signedHead: object) => string;
}

const FORMATS: Readonly<Record<ExportFormat, Format>> = {
  jsonl: { first: '', event: formatLine, head: (signedHead) => `${JSON.stringify(signedHead)}\n` },
  csv: { first: `${CSV_HEADER}\n`, event: csvOfEvent, head: csvOfHead },
};

export interface ExportSetting {
  readonly format: ExportFormat;
  readonly key: KeyObject;
  /** When the head is signed, milliseconds since the epoch. */
  readonly at: number;
  /** Proof that an anchor has the stream. */
  readonly anchored?: Anchored | undefined;
}

/**
 * A stream as an export: its events, one a line, then its signed head. `reprise journal verify --file` reads it.
 * @param events as they were written, from the first on, verified
 */
export async function* exportOf(
  stream: string,
  events: AsyncIterable<Recorded>,
  { format, key, at, anchored }: ExportSetting,
): AsyncGenerator<string> {
  const { first, event: textOf, head: headText } = FORMATS[format];
  let head = EMPTY_HEAD;
  if (first !== '') yield first;
  for await (const event of events) {
    head = { seq: event.seq, hash: event.hash };
    yield textOf(event);
  }
  yield headText(signHead({ ...head, stream, at }, key, anchored));
}
