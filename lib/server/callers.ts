import { LRUCache } from 'lru-cache';
import { sameToken } from '../core/access/attempt-token';
import type { VerifyToken } from '../core/access/identity';
import { type Bucket, type Rate, takeOne } from '../core/access/rate';
import type { Caller } from '../core/access/scopes';
import { isRepriseError, RepriseError } from '../core/errors';
import type { Clock } from '../core/model/time';

export interface CallersOptions {
  /** What the user who started the daemon presents. */
  readonly token: string;
  readonly caller: Caller;
  /** Whose tokens are believed besides. */
  readonly verify?: VerifyToken | undefined;
  /** How often each caller may ask. */
  readonly rate?: Rate | undefined;
  readonly clock?: Clock;
}

/** Callers whose buckets are kept; that of whoever asked longest ago goes first, and is full by then. */
const MOST_CALLERS = 10_000;

/**
 * Says who calls, by the `Authorization` of a request, and that it is not too often.
 * @throws RepriseError UNAUTHENTICATED, QUOTA_EXCEEDED, UPSTREAM_UNAVAILABLE
 */
export function createCallers({ token, caller, verify, rate, clock = Date.now }: CallersOptions) {
  const buckets = new LRUCache<string, Bucket>({ max: MOST_CALLERS });

  async function known(given: string): Promise<Caller> {
    // One for each call, which is what is noted of it.
    if (sameToken(given, token)) return { ...caller };
    if (verify === undefined || given === '') throw unauthenticated(verify !== undefined);
    try {
      return { ...(await verify(given)).caller };
    } catch (error) {
      if (isRepriseError(error, 'UPSTREAM_UNAVAILABLE')) throw error;
      // Why is logged and not told, and neither has anything of the token.
      throw unauthenticated(true, (error as Error).message);
    }
  }

  function take({ subject }: Caller): void {
    if (!rate) return;
    const { bucket, waitMs } = takeOne(rate, buckets.get(subject), clock());
    buckets.set(subject, bucket);
    if (waitMs === 0) return;
    const message = `${subject} asks more often than ${rate.perSecond} times a second`;
    throw new RepriseError('QUOTA_EXCEEDED', message, { context: { retryAfterMs: waitMs } });
  }

  return async (authorization: string | undefined): Promise<Caller> => {
    const who = await known(/^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '');
    take(who);
    return who;
  };
}

function unauthenticated(hasIssuer: boolean, why?: string): RepriseError {
  const which = hasIssuer ? 'a token of the issuer, or that of server.json' : 'the token of server.json';
  return new RepriseError('UNAUTHENTICATED', `send ${which}: Authorization: Bearer <token>`, {
    context: why === undefined ? {} : { why },
  });
}
