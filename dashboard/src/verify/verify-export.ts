import './buffer';
import canonicalize from 'canonicalize';
import { CSV_HEADER, lineOfCsv } from '../../../lib/adapters/archive/csv';
import { isRepriseError } from '../../../lib/core/errors';
import { type AnchorBody, type AnchorProof, anchorBytes, isAnchored } from '../../../lib/core/journal/anchor';
import type { Recorded } from '../../../lib/core/journal/envelope';
import { parseLine } from '../../../lib/core/journal/line';
import { verifyChain } from '../../../lib/core/journal/verify';
import { fingerprintOf, isSignatureOf, type Signed } from './signatures';

/** What of an export is true. */
export type ExportVerdict =
  | {
      readonly valid: true;
      readonly stream: string;
      readonly events: number;
      readonly signedBy: string;
      readonly signedAt: number;
      /** The anchor that has the stream, where the export proves one. */
      readonly anchored?: { readonly number: number; readonly at: number; readonly seq: number };
    }
  | {
      readonly valid: false;
      /** Position of the event at fault, from 1; of the signed head where no event is. */
      readonly at: number;
      readonly reason: string;
      /** The line itself, where there is one. */
      readonly line?: string;
    };

interface SignedHead extends Signed {
  readonly head: {
    readonly stream: string;
    readonly seq: number;
    readonly hash: string;
    readonly at: number;
  };
  readonly anchored?: Signed & { readonly anchor: AnchorBody; readonly proof: AnchorProof };
}

const bytesOf = (value: object): Uint8Array<ArrayBuffer> => new TextEncoder().encode(canonicalize(value));

/**
 * Verifies an export offline, as `reprise journal verify --file` does: chain and hashes by the engine's own code, signatures by the browser.
 * @param fingerprint whose signature it has to be, 64 hex digits; anybody's where it is undefined
 */
export async function verifyExport(text: string, fingerprint?: string): Promise<ExportVerdict> {
  const lines = linesOf(text);
  const last = lines.at(-1) ?? '';
  const signed = signedHeadOf(last);
  if (!signed) return bad(lines.length, 'the export ends without its signed head', last);
  if (!(await isSignatureOf(bytesOf(signed.head), signed)))
    return bad(lines.length, 'the signature of the head does not match it', last);
  const signedBy = await fingerprintOf(signed.publicKey);
  if (fingerprint !== undefined && signedBy !== fingerprint)
    return bad(lines.length, `the head is signed by ${signedBy}, not by ${fingerprint}`, last);
  const complaint = await complaintAboutAnchor(signed);
  if (complaint !== undefined) return bad(lines.length, complaint, last);
  return chainVerdict(lines.slice(0, -1), signed, signedBy);
}

async function chainVerdict(
  lines: readonly string[],
  { head, anchored }: SignedHead,
  signedBy: string,
): Promise<ExportVerdict> {
  const { stream, seq, at: signedAt } = head;
  const points = anchored ? [{ ...anchored.proof, anchor: anchored.anchor.number }] : [];
  try {
    const verdict = await verifyChain(eventsOf(lines, stream), stream, head, points);
    if (!verdict.valid) return bad(verdict.at, verdict.reason, lines[verdict.at - 1]);
    if (lines.length > seq) return bad(seq + 1, `the head names ${seq} as the last event`, lines[seq]);
    const anchor = anchored && {
      number: anchored.anchor.number,
      at: anchored.anchor.at,
      seq: anchored.proof.seq,
    };
    return { ...verdict, stream, signedBy, signedAt, ...(anchor && { anchored: anchor }) };
  } catch (error) {
    if (!isRepriseError(error, 'JOURNAL_CORRUPT')) throw error;
    const at = error.context['seq'] as number;
    return bad(at, error.context['reason'] as string, lines[at - 1]);
  }
}

function bad(at: number, reason: string, line?: string): ExportVerdict {
  return { valid: false, at, reason, ...(line !== undefined && { line }) };
}

function* eventsOf(lines: readonly string[], stream: string): Generator<Recorded> {
  for (const [i, text] of lines.entries()) yield parseLine({ number: i + 1, text }, stream);
}

/** Rows of CSV as the lines that say the same. */
function linesOf(text: string): string[] {
  const lines = text.replace(/\n$/, '').split('\n');
  if (lines[0] !== CSV_HEADER) return lines;
  return lines.slice(1).map(lineOfCsv);
}

function signedHeadOf(line: string): SignedHead | undefined {
  try {
    const value = JSON.parse(line) as Partial<SignedHead>;
    const { head, publicKey, signature } = value;
    const isWhole =
      typeof head?.stream === 'string' &&
      Number.isSafeInteger(head.seq) &&
      typeof head.hash === 'string' &&
      typeof publicKey === 'string' &&
      typeof signature === 'string';
    // What is said in another way was changed, though it means the same.
    return isWhole && JSON.stringify(value) === line ? (value as SignedHead) : undefined;
  } catch {
    return undefined;
  }
}

async function complaintAboutAnchor({ head, anchored }: SignedHead): Promise<string | undefined> {
  if (!anchored) return undefined;
  const { anchor, proof } = anchored;
  if (!(await isSignatureOf(Uint8Array.from(anchorBytes(anchor)), anchored)))
    return `the signature of anchor ${anchor.number} does not match it`;
  return isAnchored(head.stream, proof, anchor)
    ? undefined
    : `the proof does not lead to anchor ${anchor.number}`;
}
