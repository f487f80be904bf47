import { createHash } from 'node:crypto';

/** Names are the owner's own: the same name of two owners means two triggers. */
export function triggerIdOf(owner: string, name: string): string {
  return createHash('sha256')
    .update(JSON.stringify([owner, name]))
    .digest('hex')
    .slice(0, 40);
}
