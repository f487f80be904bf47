import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AttemptRef } from '../model/attempt';

/**
 * Proves that a callback speaks for the attempt it names: HMAC-SHA-256 under the deployment's secret, base64url, behind
 * the registration that the attempt was handed to. Workers that registered before there were registrations have none.
 */
export function attemptToken(
  secret: string,
  ref: AttemptRef,
  workerId: string,
  registration?: string,
): string {
  const text = `attempt/${ref.jobId}/${ref.nodeId}/${ref.attempt}/${workerId}`;
  return registration === undefined
    ? mac(secret, text)
    : `${registration}.${mac(secret, `${text}/${registration}`)}`;
}

/** Whether a token is that of an attempt on a worker, whichever of its registrations it was handed to. */
export function isAttemptToken(given: string, secret: string, ref: AttemptRef, workerId: string): boolean {
  const end = given.indexOf('.');
  const registration = end < 0 ? undefined : given.slice(0, end);
  return sameToken(given, attemptToken(secret, ref, workerId, registration));
}

/** Proves to a worker, as it registered, that a call comes from its engine. */
export function dispatchToken(secret: string, workerId: string, registration?: string): string {
  const text = `dispatch/${workerId}`;
  return mac(secret, registration === undefined ? text : `${text}/${registration}`);
}

/** Compares in constant time. */
export function sameToken(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

function mac(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}
