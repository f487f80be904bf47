import type { Looked } from '../imported';

/** The JSON reporter writes `config` and `stats` beside the suites. */
export function looksLikePlaywright({ top }: Looked): boolean {
  return Array.isArray(top?.['suites']) && ('config' in top! || 'stats' in top!);
}
