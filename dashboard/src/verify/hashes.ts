import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { bytesFrom } from './buffer';

/** The part of `node:crypto` that journals are verified with, for browsers; SHA-256 is all that they hash with. */
export function createHash(algorithm: string) {
  if (algorithm !== 'sha256') throw new Error(`no ${algorithm} in the browser`);
  const parts: Uint8Array[] = [];
  const made = {
    update(data: string | Uint8Array) {
      parts.push(typeof data === 'string' ? utf8ToBytes(data) : Uint8Array.from(data));
      return made;
    },
    digest(encoding?: 'hex') {
      const bytes = sha256(concatBytes(...parts));
      return encoding === 'hex' ? bytesToHex(bytes) : bytesFrom(bytes);
    },
  };
  return made;
}

/** All at once, in hex. */
export function hash(algorithm: string, data: string): string {
  return createHash(algorithm).update(data).digest('hex') as string;
}
