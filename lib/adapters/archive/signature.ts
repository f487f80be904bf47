import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import * as z from 'zod';

/** Several texts can mean the same bytes; one is how they are written. */
const base64 = z.string().refine((text) => Buffer.from(text, 'base64').toString('base64') === text);

/** What stands beside everything that is signed: Ed25519, or ECDSA with SHA-256 as KMS gives it (DER), over canonical JSON. */
export const SIGNATURE = {
  /** DER (SPKI) in base64. */
  publicKey: base64,
  signature: base64,
} as const;

export interface Signature {
  readonly publicKey: string;
  readonly signature: string;
}

/** Whoever signs, on this machine or in KMS. */
export type Signer = (bytes: Uint8Array) => Promise<Signature>;

/** A signature by a key of this process. */
export function signatureOf(bytes: Uint8Array, key: KeyObject): Signature {
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');
  return { publicKey, signature: sign(digestOf(key), bytes, key).toString('base64') };
}

/** The signer that a key of this process is. */
export const signerOf =
  (key: KeyObject): Signer =>
  async (bytes) =>
    signatureOf(bytes, key);

/** Whether the signature is that of the key beside it. Whose key that is, `fingerprintOf` lets a person compare. */
export function isSignatureOf(bytes: Uint8Array, { publicKey, signature }: Signature): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' });
    return verify(digestOf(key), bytes, key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}

/** SHA-256 of the public key in hex. */
export function fingerprintOf({ publicKey }: Pick<Signature, 'publicKey'>): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex');
}

/** The fingerprint of a key in PEM, a public one or the one that signs. @throws Error where it is none. */
export function fingerprintOfPem(pem: string): string {
  const publicKey = createPublicKey(pem).export({ type: 'spki', format: 'der' }).toString('base64');
  return fingerprintOf({ publicKey });
}

/** Ed25519 hashes by itself. */
function digestOf(key: KeyObject): string | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}
