/** Signatures of exports by Web Crypto: Ed25519, or ECDSA with SHA-256 as KMS gives it, over canonical JSON. */

export interface Signed {
  /** DER (SPKI) in base64. */
  readonly publicKey: string;
  readonly signature: string;
}

type Bytes = Uint8Array<ArrayBuffer>;

export const fromBase64 = (text: string): Bytes => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** SHA-256 of the public key, in hex. */
export async function fingerprintOf(publicKey: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', fromBase64(publicKey))));
}

/** What a person gave: a fingerprint, or a public key in PEM. Undefined where it is neither. */
export async function fingerprintIn(text: string): Promise<string | undefined> {
  const given = text.trim();
  if (/^[0-9a-f]{64}$/i.test(given)) return given.toLowerCase();
  const pem = /-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----/.exec(given)?.[1];
  return pem === undefined ? undefined : fingerprintOf(pem.replace(/\s/g, ''));
}

/** Whether the signature is that of the key beside it. */
export async function isSignatureOf(bytes: Bytes, { publicKey, signature }: Signed): Promise<boolean> {
  try {
    const key = fromBase64(publicKey);
    const curve = CURVES.find(({ oid }) => hex(key).includes(oid));
    if (!curve) {
      const ed25519 = await crypto.subtle.importKey('spki', key, 'Ed25519', false, ['verify']);
      return await crypto.subtle.verify('Ed25519', ed25519, fromBase64(signature), bytes);
    }
    const algorithm = { name: 'ECDSA', namedCurve: curve.name };
    const ecdsa = await crypto.subtle.importKey('spki', key, algorithm, false, ['verify']);
    const raw = rawOf(fromBase64(signature), curve.size);
    return await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, ecdsa, raw, bytes);
  } catch {
    return false;
  }
}

/** By the object identifiers that stand in their keys: https://www.rfc-editor.org/rfc/rfc5480#section-2.1.1.1 */
const CURVES = [
  { name: 'P-256', oid: '06082a8648ce3d030107', size: 32 },
  { name: 'P-384', oid: '06052b81040022', size: 48 },
] as const;

/** The two numbers of a signature side by side, as browsers take them, of DER. */
function rawOf(der: Bytes, size: number): Bytes {
  const raw = new Uint8Array(2 * size);
  // A sequence of two integers; of these lengths its own takes one byte, or two.
  let at = der[1] === 0x81 ? 3 : 2;
  for (const place of [0, 1]) {
    const length = der[at + 1] ?? 0;
    const number = der.slice(at + 2, at + 2 + length);
    const own = number.slice(Math.max(0, number.length - size));
    raw.set(own, (place + 1) * size - own.length);
    at += 2 + length;
  }
  return raw;
}
