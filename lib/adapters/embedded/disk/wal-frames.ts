import { crc32 } from 'node:zlib';
import { RepriseError } from '../../../core/errors';

/**
 * What a segment of the write-ahead log is made of. A frame is what one sync made durable:
 *
 *     magic (4) | length of the entries (4) | CRC-32 of the entries (4) | entries
 *
 * numbers big-endian. An entry is a line of JSON and as many bytes as that line says. Zeros follow the last frame.
 */
export type WalEntry =
  /** Lines that stand at a byte of the journal of a stream. */
  | { readonly stream: string; readonly at: number; readonly bytes: Buffer }
  /** A file beside the journal, as a whole. */
  | { readonly stream: string; readonly file: string; readonly bytes: Buffer }
  /** Everything before it that belongs to the stream is durable in the stream's own files. */
  | { readonly stream: string; readonly settled: true };

/** No text holds its first byte and its last one. */
const MAGIC = Buffer.from([0x01, 0x52, 0x57, 0x02]);
const HEADER = MAGIC.length + 8;
const NEWLINE = 0x0a;

export function encodeFrame(entries: readonly WalEntry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    if ('settled' in entry) return [lineOf(entry)];
    const { bytes, ...said } = entry;
    return [lineOf({ ...said, size: bytes.length }), bytes];
  });
  const payload = Buffer.concat(parts);
  const header = Buffer.alloc(HEADER);
  MAGIC.copy(header);
  header.writeUInt32BE(payload.length, MAGIC.length);
  header.writeUInt32BE(crc32(payload), MAGIC.length + 4);
  return Buffer.concat([header, payload]);
}

const lineOf = (said: object): Buffer => Buffer.from(`${JSON.stringify(said)}\n`, 'utf8');

/**
 * The entries of a segment, in order. What stands after the last frame is zeros, or a frame that a crash cut short: it was
 * never acknowledged.
 * @param path for the complaint
 * @throws RepriseError JOURNAL_CORRUPT where a frame is damaged that another one follows
 */
export function decodeFrames(segment: Buffer, path: string): WalEntry[] {
  const entries: WalEntry[] = [];
  for (let at = 0; ; ) {
    const payload = payloadAt(segment, at);
    if (!payload) {
      if (hasFrameAfter(segment, at)) throw damaged(path, at);
      return entries;
    }
    entries.push(...entriesOf(payload));
    at += HEADER + payload.length;
  }
}

function payloadAt(segment: Buffer, at: number): Buffer | undefined {
  if (at + HEADER > segment.length || segment.compare(MAGIC, 0, MAGIC.length, at, at + MAGIC.length) !== 0)
    return undefined;
  const size = segment.readUInt32BE(at + MAGIC.length);
  const payload = segment.subarray(at + HEADER, at + HEADER + size);
  const isWhole = payload.length === size && crc32(payload) === segment.readUInt32BE(at + MAGIC.length + 4);
  return isWhole ? payload : undefined;
}

function hasFrameAfter(segment: Buffer, from: number): boolean {
  for (let at = segment.indexOf(MAGIC, from + 1); at !== -1; at = segment.indexOf(MAGIC, at + 1))
    if (payloadAt(segment, at)) return true;
  return false;
}

function* entriesOf(payload: Buffer): Generator<WalEntry> {
  for (let at = 0; at < payload.length; ) {
    const end = payload.indexOf(NEWLINE, at);
    const { size = 0, ...said } = JSON.parse(payload.toString('utf8', at, end)) as { readonly size?: number };
    at = end + 1 + size;
    yield ('settled' in said ? said : { ...said, bytes: payload.subarray(end + 1, at) }) as WalEntry;
  }
}

function damaged(path: string, at: number): RepriseError {
  const message = `${path} is damaged at byte ${at}, and whole entries follow. It is left as it is: restore it from a copy, or move it away to go on with what the journals themselves hold`;
  return new RepriseError('JOURNAL_CORRUPT', message, { context: { path, at } });
}
