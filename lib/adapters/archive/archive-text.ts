import { createPrivateKey, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import { RepriseError } from '../../core/errors';
import { EMPTY_HEAD, type Recorded, type StreamHead } from '../../core/journal/envelope';
import { formatLine } from '../../core/journal/line';
import { verifyChain } from '../../core/journal/verify';
import { fingerprintOf } from './signature';
import { signHead } from './signed-head';

/** A stream as it is kept when its journal is gone: an export, gzipped. `reprise journal verify --file` reads it. */
export interface Archive {
  /** Gzip of the events, one a line, then the signed head. */
  readonly bytes: Buffer;
  /** Where the stream ended. */
  readonly head: StreamHead;
  /** SHA-256 of the public key that signed the head, in hex. */
  readonly signedBy: string;
}

/**
 * Verifies a stream from its first event and makes an archive of it. Holds the compressed bytes and one event.
 * @param head where the stream is known to end.
 * @param at when the head is signed, milliseconds since the epoch.
 * @throws RepriseError JOURNAL_CORRUPT where the stream does not verify, or does not end at `head`
 */
export async function archiveOf(
  stream: string,
  events: AsyncIterable<Recorded>,
  { head: known, key, at }: { readonly head: StreamHead; readonly key: KeyObject; readonly at: number },
): Promise<Archive> {
  const gzip = createGzip({ level: 9 });
  const chunks: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => void chunks.push(chunk));
  const ended = once(gzip, 'end');
  // Whoever waits for it hears of it; before somebody does, it must not end the process.
  ended.catch(() => undefined);
  let head = EMPTY_HEAD;
  const write = async (text: string) => {
    if (!gzip.write(text)) await once(gzip, 'drain');
  };
  async function* written(): AsyncGenerator<Recorded> {
    for await (const event of events) {
      await write(formatLine(event));
      head = { seq: event.seq, hash: event.hash };
      yield event;
    }
  }
  const verdict = await verifyChain(written(), stream, known);
  if (!verdict.valid) throw unverified(stream, verdict.at, verdict.reason);
  if (head.seq !== known.seq) throw unverified(stream, known.seq + 1, 'it went on while it was read');
  const signed = signHead({ ...head, stream, at }, key);
  await write(`${JSON.stringify(signed)}\n`);
  gzip.end();
  await ended;
  return { bytes: Buffer.concat(chunks), head, signedBy: fingerprintOf(signed) };
}

function unverified(stream: string, seq: number, reason: string): RepriseError {
  const message = `the journal of ${stream} does not verify at event ${seq}: ${reason}. It is left as it is`;
  return new RepriseError('JOURNAL_CORRUPT', message, { context: { stream, seq, reason } });
}

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8: https://www.rfc-editor.org/rfc/rfc8410#section-7 */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The Ed25519 key that 32 secret bytes are. */
export function signingKey(seed: Uint8Array): KeyObject {
  if (seed.length !== 32) throw new Error(`a seed has 32 bytes, not ${seed.length}`);
  return createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
}
