import type { Looked } from '../imported';

const PARTS = ['jobs', 'workflows', 'orbs'];

export function looksLikeCircleci({ top }: Looked): boolean {
  return /^2(\.[01])?$/.test(String(top?.['version'])) && PARTS.some((key) => key in top!);
}
