import { isRepriseError, RepriseError } from '../../../core/errors';
import type { Recorded } from '../../../core/journal/envelope';
import { type Verdict, verifyChain } from '../../../core/journal/verify';
import { exists } from './durable';
import { type JournalLine, parseLine, wholeLines } from './journal-lines';
import { fingerprintOf, isSigned, parseSignedHead, type SignedHead } from './signed-head';

/** `signedBy`: fingerprint of the key that signed the head. */
export type ExportVerdict = Verdict & { readonly signedBy?: string };

/**
 * Verifies an export offline: events, one a line, then a signed head. Needs nothing but the file; reads it twice
 * and holds one event at a time.
 * @param key the fingerprint that the signer must have, when the reader knows it.
 * @throws RepriseError INPUT_INVALID when there is no such file.
 */
export async function verifyExport(path: string, key?: string): Promise<ExportVerdict> {
  if (!exists(path)) throw new RepriseError('INPUT_INVALID', `cannot read ${path}: there is no such file`);
  let last: JournalLine | undefined;
  for await (const line of wholeLines(path)) last = line;
  const signed = last && parseSignedHead(last.text);
  if (!last || !signed)
    return { valid: false, at: last?.number ?? 0, reason: 'the export ends without its head' };
  const complaint = complaintAbout(signed, key);
  if (complaint !== undefined) return { valid: false, at: last.number, reason: complaint };
  const { stream, seq } = signed.head;
  if (last.number !== seq + 1) {
    const reason = `the export holds ${last.number - 1} events, its head names ${seq}`;
    return { valid: false, at: Math.min(last.number, seq + 1), reason };
  }
  try {
    const verdict = await verifyChain(events(path, seq, stream), stream, signed.head);
    return verdict.valid ? { ...verdict, signedBy: fingerprintOf(signed) } : verdict;
  } catch (error) {
    if (!isRepriseError(error, 'JOURNAL_CORRUPT')) throw error;
    return { valid: false, at: error.context.seq as number, reason: error.context.reason as string };
  }
}

function complaintAbout(signed: SignedHead, key: string | undefined): string | undefined {
  if (!isSigned(signed)) return 'the signature of the head does not match it';
  const fingerprint = fingerprintOf(signed);
  if (key === undefined || key === fingerprint) return undefined;
  return `the head is signed by ${fingerprint}, not by ${key}`;
}

async function* events(path: string, count: number, stream: string): AsyncGenerator<Recorded> {
  for await (const line of wholeLines(path)) {
    if (line.number > count) return;
    yield parseLine(line, stream);
  }
}
