import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { StreamHead } from '../../core/journal/envelope';

/** Several texts can mean the same bytes; one is how they are written. */
const base64 = z.string().refine((text) => Buffer.from(text, 'base64').toString('base64') === text);

const signedHeadSchema = z.strictObject({
  head: z.strictObject({
    stream: z.string(),
    seq: z.number().int().positive(),
    hash: z.string(),
    /** When it was signed, milliseconds since the epoch. */
    at: z.number(),
  }),
  /** DER (SPKI) in base64. */
  publicKey: base64,
  /** Over the RFC 8785 canonical JSON of `head`, base64: Ed25519, or ECDSA with SHA-256 as KMS gives it (DER). */
  signature: base64,
});

/** The last line of an export: where the journal ended, and who says so. */
export type SignedHead = z.infer<typeof signedHeadSchema>;

export function signHead(
  head: StreamHead & { readonly stream: string; readonly at: number },
  key: KeyObject,
): SignedHead {
  const { stream, seq, hash, at } = head;
  const body = { stream, seq, hash, at };
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');
  return { head: body, publicKey, signature: sign(digestOf(key), bytesOf(body), key).toString('base64') };
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
export function isSigned({ head, publicKey, signature }: SignedHead): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' });
    return verify(digestOf(key), bytesOf(head), key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}

/** SHA-256 of the public key in hex. */
export function fingerprintOf({ publicKey }: Pick<SignedHead, 'publicKey'>): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex');
}

/** Ed25519 hashes by itself. */
function digestOf(key: KeyObject): string | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}

function bytesOf(head: SignedHead['head']): Buffer {
  return Buffer.from(canonicalize(head) as string, 'utf8');
}
