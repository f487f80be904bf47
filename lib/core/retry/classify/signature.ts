import { createHash } from 'node:crypto';
import { normalise } from './normalise';

const SIGNATURE_LENGTH = 16;

/**
 * What groups failures: the same for messages that differ only in what `normalise` takes away.
 * @returns 16 hex digits, the beginning of the SHA-256 of the normalised message.
 */
export function signatureOf(message: string): string {
  return createHash('sha256').update(normalise(message)).digest('hex').slice(0, SIGNATURE_LENGTH);
}
