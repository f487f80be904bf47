import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** 16 hex digits of the SHA-256 over the RFC 8785 canonical JSON of a value. */
export function digest(value: unknown): string {
  return createHash('sha256')
    .update(canonicalize(value) ?? '')
    .digest('hex')
    .slice(0, 16);
}
