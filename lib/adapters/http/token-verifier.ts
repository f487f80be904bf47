import { errors, jwtVerify } from 'jose';
import { LEEWAY_SECONDS, type TokenUse, type VerifyToken, verified } from '../../core/access/identity';
import { isRepriseError, RepriseError } from '../../core/errors';
import type { Clock } from '../../core/model/time';
import type { IssuerKeys } from './issuer-keys';

/** Signatures by a key pair: with a shared secret whoever can check a token can make one. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

export interface VerifierOptions extends TokenUse {
  readonly issuer: string;
  readonly keys: IssuerKeys;
  readonly clock: Clock;
}

/** Checks signature, issuer, times, audience, and what the token asks its reader to understand; answers whose it is. */
export function createTokenVerifier({ issuer, keys, clock, ...use }: VerifierOptions): VerifyToken {
  return async (token) => {
    const now = clock();
    try {
      const { payload } = await jwtVerify(token, keys.get, {
        ...{ issuer, algorithms: ALGORITHMS, clockTolerance: LEEWAY_SECONDS, currentDate: new Date(now) },
      });
      return verified(payload, use, now / 1_000);
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) throw new Error('the token has expired', { cause });
      if (isRepriseError(cause, 'UPSTREAM_UNAVAILABLE') || !isOfKeys(cause, keys)) throw cause;
      throw new RepriseError('UPSTREAM_UNAVAILABLE', `the keys of ${issuer} cannot be had now`, { cause });
    }
  };
}

/** That keys cannot be had says nothing of the token; nor does that one is unknown, while the issuer does not answer. */
function isOfKeys(cause: unknown, keys: IssuerKeys): boolean {
  if (cause instanceof errors.JWKSTimeout || cause instanceof errors.JWKSInvalid) return true;
  return cause instanceof errors.JWKSNoMatchingKey && !keys.areCurrent();
}
