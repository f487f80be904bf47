import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** So many characters of base64url of the SHA-256 over the canonical JSON of a value: the same for the same. */
export const shortHash = (value: unknown, characters: number): string =>
  createHash('sha256')
    .update(canonicalize(value) ?? '')
    .digest('base64url')
    .slice(0, characters);
