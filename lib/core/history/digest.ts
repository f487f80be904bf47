import { hash } from 'node:crypto';
import { canonicalJson } from '../model/canonical';

/** 16 hex digits of the SHA-256 over the RFC 8785 canonical JSON of a value. */
export function digest(value: unknown): string {
  return hash('sha256', canonicalJson(value)).slice(0, 16);
}
