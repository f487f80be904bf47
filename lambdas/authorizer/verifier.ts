import { JwtVerifier } from 'aws-jwt-verify';
import {
  FetchError,
  JwksNotAvailableInCacheError,
  JwksValidationError,
  JwkValidationError,
  WaitPeriodNotYetEndedJwkError,
} from 'aws-jwt-verify/error';
import { RepriseError } from '../../lib/core/errors';
import type { Clock } from '../../lib/core/model/time';
import type { VerifyToken } from './authorize';

export interface IssuerSettings {
  readonly AUTH_ISSUER: string;
  readonly AUTH_AUDIENCE: string;
  readonly AUTH_JWKS?: string | undefined;
  readonly AUTH_JWKS_URI?: string | undefined;
  /** How long a token may be valid, from its issue and from now, in seconds. */
  readonly AUTH_MAX_SECONDS: number;
}

/** How far the clocks of issuer and engine may be apart, in seconds. */
const LEEWAY_SECONDS = 30;

/** That the keys cannot be had says nothing of the token. */
const OF_THE_ISSUER = [
  FetchError,
  JwksNotAvailableInCacheError,
  JwksValidationError,
  JwkValidationError,
  WaitPeriodNotYetEndedJwkError,
];

/**
 * Checks signature, issuer, audience, times and what the token asks its reader to understand. Keys are given inline or
 * fetched from the issuer and kept.
 */
export function createTokenVerifier(settings: IssuerSettings, clock: Clock): VerifyToken {
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience, AUTH_JWKS, AUTH_JWKS_URI } = settings;
  const keysAt = AUTH_JWKS_URI === undefined ? {} : { jwksUri: AUTH_JWKS_URI };
  const verifier = JwtVerifier.create({
    ...{ issuer, audience, ...keysAt },
    graceSeconds: LEEWAY_SECONDS,
    customJwtCheck({ header, payload }) {
      // https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11: we understand none of the extensions.
      if ('crit' in header) throw new Error('the token has a critical header that is not understood');
      requireShortLife(payload, settings.AUTH_MAX_SECONDS, clock() / 1_000);
    },
  });
  if (AUTH_JWKS !== undefined) verifier.cacheJwks(JSON.parse(AUTH_JWKS));
  return async (token) => {
    try {
      // Keys that are given inline are all there are: nothing is fetched for one that is not among them.
      return { ...(AUTH_JWKS === undefined ? await verifier.verify(token) : verifier.verifySync(token)) };
    } catch (cause) {
      if (!OF_THE_ISSUER.some((kind) => cause instanceof kind)) throw cause;
      throw new RepriseError('UPSTREAM_UNAVAILABLE', `the keys of ${issuer} cannot be had now`, { cause });
    }
  };
}

/** @param now seconds since the epoch. */
function requireShortLife({ exp, iat }: { exp?: number; iat?: number }, longest: number, now: number): void {
  if (exp === undefined) throw new Error('the token does not say when it expires');
  if (iat !== undefined && iat > now + LEEWAY_SECONDS) throw new Error('the token is from the future');
  const lifetime = exp - Math.min(iat ?? now, now);
  if (lifetime <= longest + LEEWAY_SECONDS) return;
  throw new Error(
    `the token is valid for ${Math.round(lifetime)} seconds, longer than the ${longest} allowed`,
  );
}
