import type { Looked } from '../imported';

export function looksLikeArgo({ top }: Looked): boolean {
  const version = top?.['apiVersion'];
  return (
    typeof version === 'string' &&
    version.startsWith('argoproj.io/') &&
    /Workflow/.test(String(top?.['kind']))
  );
}
