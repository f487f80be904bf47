import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isRepriseError, RepriseError } from '../../../core/errors';
import type { Recorded } from '../../../core/journal/envelope';
import { type JournalLine, parseLine } from '../../../core/journal/line';
import { type Verdict, verifyChain } from '../../../core/journal/verify';
import { present } from '../../../core/model/present';
import { complaintAbout as complaintAboutAnchor } from '../../archive/anchor-text';
import { CSV_HEADER, lineOfCsv } from '../../archive/csv';
import { fingerprintOf } from '../../archive/signature';
import { isSigned, parseSignedHead, type SignedHead } from '../../archive/signed-head';
import type { AnchoredAt, KnownAnchors } from './anchors';
import { exists } from './durable';
import { linesOf } from './journal-lines';

/** `signedBy`: fingerprint of the key that signed the head. */
export type ExportVerdict = Verdict & {
  readonly signedBy?: string;
  /** The last anchor that has the stream, and up to which event. */
  readonly anchored?: Pick<AnchoredAt, 'seq' | 'anchor' | 'at' | 'signedBy'>;
};

/** What the reader of an export knows beside it. */
export interface Trusted {
  /** Fingerprints that signers of the head and of anchors may have; where there is none, any. */
  readonly keys?: readonly string[];
  readonly anchors?: KnownAnchors;
}

/**
 * Verifies an export or an archive offline: events, one a line, then a signed head, gzipped or not. Needs nothing but
 * the file; reads it twice and holds one event at a time.
 * Where it carries a proof that it was anchored, or anchors are given, it must be what they name.
 * @throws RepriseError INPUT_INVALID when there is no such file.
 */
export async function verifyExport(path: string, trusted: Trusted = {}): Promise<ExportVerdict> {
  if (!exists(path)) throw new RepriseError('INPUT_INVALID', `cannot read ${path}: there is no such file`);
  try {
    return await verdictOn(path, trusted);
  } catch (error) {
    if (!isBroken(error)) throw error;
    return { valid: false, at: 0, reason: `it cannot be unpacked: ${(error as Error).message}` };
  }
}

/** The signed head of an export, which says nothing of the rest; undefined where there is no file, or none that has one. */
export async function archivedHead(path: string): Promise<SignedHead | undefined> {
  if (!exists(path)) return undefined;
  let last: JournalLine | undefined;
  try {
    for await (const line of (await reader(path))()) last = line;
  } catch (error) {
    if (isBroken(error)) return undefined;
    throw error;
  }
  return last && parseSignedHead(last.text);
}

async function verdictOn(path: string, trusted: Trusted): Promise<ExportVerdict> {
  const lines = await reader(path);
  let last: JournalLine | undefined;
  for await (const line of lines()) last = line;
  const signed = last && parseSignedHead(last.text);
  if (!last || !signed)
    return { valid: false, at: last?.number ?? 0, reason: 'the export ends without its head' };
  const complaint = complaintAbout(signed, trusted.keys ?? []);
  if (complaint !== undefined) return { valid: false, at: last.number, reason: complaint };
  const { stream, seq } = signed.head;
  const held = last.number - 1;
  const points = pointsOf(signed, trusted.anchors);
  try {
    const verdict = await verifyChain(events(lines(), held, stream), stream, signed.head, points);
    if (!verdict.valid) return verdict;
    if (held > seq) return { valid: false, at: seq + 1, reason: `the head names ${seq} as the last event` };
    return { ...verdict, signedBy: fingerprintOf(signed), ...present({ anchored: lastPoint(points) }) };
  } catch (error) {
    if (!isRepriseError(error, 'JOURNAL_CORRUPT')) throw error;
    return { valid: false, at: error.context.seq as number, reason: error.context.reason as string };
  }
}

function complaintAbout(signed: SignedHead, keys: readonly string[]): string | undefined {
  if (!isSigned(signed)) return 'the signature of the head does not match it';
  const { head, anchored } = signed;
  const wrong = anchored && complaintAboutAnchor(head.stream, anchored);
  if (wrong !== undefined) return wrong;
  const fingerprint = fingerprintOf(signed);
  if (keys.length === 0) return undefined;
  if (!keys.includes(fingerprint)) return `the head is signed by ${fingerprint}, not by ${keys.join(' or ')}`;
  const by = anchored && fingerprintOf(anchored);
  if (by === undefined || keys.includes(by)) return undefined;
  return `anchor ${anchored?.anchor.number} is signed by ${by}, not by ${keys.join(' or ')}`;
}

/** Where the stream is known to have been: by the proof that the export carries, and by anchors beside it. */
function pointsOf({ head, anchored }: SignedHead, anchors?: KnownAnchors): readonly AnchoredAt[] {
  const known = anchors?.points(head.stream) ?? [];
  if (!anchored) return known;
  const { anchor, proof } = anchored;
  const { seq, hash } = proof;
  return [{ seq, hash, anchor: anchor.number, at: anchor.at, signedBy: fingerprintOf(anchored) }, ...known];
}

/** The one that reaches farthest. */
export function lastPoint(points: readonly AnchoredAt[]): ExportVerdict['anchored'] {
  const last = points.reduce<AnchoredAt | undefined>(
    (far, point) => (far && far.seq >= point.seq ? far : point),
    undefined,
  );
  return last && { seq: last.seq, anchor: last.anchor, at: last.at, signedBy: last.signedBy };
}

async function* events(
  lines: AsyncIterable<JournalLine>,
  count: number,
  stream: string,
): AsyncGenerator<Recorded> {
  for await (const line of lines) {
    if (line.number > count) return;
    yield parseLine(line, stream);
  }
}

/** The events of an export that was verified, in order, as they were written. */
export async function* exportedEvents(
  path: string,
  { stream, seq }: SignedHead['head'],
): AsyncGenerator<Recorded> {
  yield* events((await reader(path))(), seq, stream);
}

/** Reads the lines of a file from its start, as often as it is called. What it is, its first bytes say. */
async function reader(path: string): Promise<() => AsyncGenerator<JournalLine>> {
  const file = await open(path);
  const magic = Buffer.alloc(2);
  const { bytesRead } = await file.read(magic, 0, 2, 0).finally(() => file.close());
  const isGzip = bytesRead === 2 && magic.equals(GZIP);
  const chunks = () => {
    const bytes = createReadStream(path);
    // What goes wrong on either side ends the reading, which hears of it.
    return (isGzip ? pipeline(bytes, createGunzip(), () => undefined) : bytes) as AsyncIterable<Buffer>;
  };
  return () => jsonLines(linesOf(chunks(), true));
}

/** Rows of CSV as the lines that say the same; the first one names the columns. */
async function* jsonLines(lines: AsyncIterable<JournalLine>): AsyncGenerator<JournalLine> {
  let isCsv = false;
  for await (const { number, text } of lines) {
    if (number === 1 && text === CSV_HEADER) isCsv = true;
    else yield isCsv ? { number: number - 1, text: lineOfCsv(text) } : { number, text };
  }
}

/** What zlib says of a file that was cut short or changed: https://nodejs.org/api/zlib.html#zlib-constants */
function isBroken(error: unknown): boolean {
  return ((error as NodeJS.ErrnoException).code ?? '').startsWith('Z_');
}

/** https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1 */
const GZIP = Buffer.from([0x1f, 0x8b]);
