import type { KeyObject } from 'node:crypto';
import canonicalize from 'canonicalize';
import * as z from 'zod';
import type { StreamHead } from '../../core/journal/envelope';
import { type Anchored, anchoredSchema } from './anchor-text';
import { isSignatureOf, SIGNATURE, signatureOf } from './signature';

const signedHeadSchema = z.strictObject({
  head: z.strictObject({
    stream: z.string(),
    seq: z.number().int().positive(),
    hash: z.string(),
    /** When it was signed, milliseconds since the epoch. */
    at: z.number(),
  }),
  /** Over the RFC 8785 canonical JSON of `head`. */
  ...SIGNATURE,
  /** Where the stream stood in an anchor, which proves itself. */
  anchored: anchoredSchema.optional(),
});

/** The last line of an export: where the journal ended, and who says so. */
export type SignedHead = z.infer<typeof signedHeadSchema>;

export function signHead(
  head: StreamHead & { readonly stream: string; readonly at: number },
  key: KeyObject,
  anchored?: Anchored,
): SignedHead {
  const { stream, seq, hash, at } = head;
  const body = { stream, seq, hash, at };
  return { head: body, ...signatureOf(bytesOf(body), key), ...(anchored && { anchored }) };
}

/** A line as a signed head; undefined when it is something else, or says the same in another way. */
export function parseSignedHead(text: string): SignedHead | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const parsed = signedHeadSchema.safeParse(value);
    return parsed.success && JSON.stringify(value) === text ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the signature is that of the key beside it. Whose key that is, `fingerprintOf` lets a person compare. */
export function isSigned({ head, ...signature }: SignedHead): boolean {
  return isSignatureOf(bytesOf(head), signature);
}

function bytesOf(head: SignedHead['head']): Buffer {
  return Buffer.from(canonicalize(head) as string, 'utf8');
}
