import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AttemptRef } from '../model/attempt';

/** Proves that a callback speaks for the attempt it names: HMAC-SHA-256 under the deployment's secret, base64url. */
export function attemptToken(secret: string, ref: AttemptRef, workerId: string): string {
  return mac(secret, `attempt/${ref.jobId}/${ref.nodeId}/${ref.attempt}/${workerId}`);
}

/** Proves to a worker that a call comes from its engine. */
export function dispatchToken(secret: string, workerId: string): string {
  return mac(secret, `dispatch/${workerId}`);
}

/** Compares in constant time. */
export function sameToken(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

function mac(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}
