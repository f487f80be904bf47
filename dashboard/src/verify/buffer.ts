import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** Bytes that tell themselves in hex: the part of `Buffer` that proofs of anchors are made of, for browsers. */
class Bytes extends Uint8Array<ArrayBuffer> {
  override toString(encoding?: string): string {
    return encoding === 'hex' ? bytesToHex(Uint8Array.from(this)) : super.toString();
  }
}

/** @param given UTF-8 or hex as text, or the bytes themselves */
export function bytesFrom(given: string | Iterable<number>, encoding?: string): Uint8Array {
  if (typeof given !== 'string') return Bytes.from(given);
  return Bytes.from(encoding === 'hex' ? hexToBytes(given) : utf8ToBytes(given));
}

(globalThis as { Buffer?: unknown }).Buffer ??= { from: bytesFrom };
