import { createHash } from 'node:crypto';

/**
 * The id of a submission with an `Idempotency-Key`: the same owner and key name the same job, on any process and at any
 * time. Keys of two owners never meet.
 */
export function jobIdOf(owner: string, idempotencyKey: string): string {
  const text = JSON.stringify([owner, idempotencyKey]);
  return `k-${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;
}
