import { JwtVerifier } from 'aws-jwt-verify';
import type { VerifyToken } from './authorize';

export interface IssuerSettings {
  readonly AUTH_ISSUER: string;
  readonly AUTH_AUDIENCE: string;
  readonly AUTH_JWKS?: string | undefined;
  readonly AUTH_JWKS_URI?: string | undefined;
}

/** Checks signature, issuer, audience and times. Keys are given inline or fetched from the issuer and kept. */
export function createTokenVerifier(settings: IssuerSettings): VerifyToken {
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience, AUTH_JWKS, AUTH_JWKS_URI } = settings;
  const keysAt = AUTH_JWKS_URI === undefined ? {} : { jwksUri: AUTH_JWKS_URI };
  const verifier = JwtVerifier.create({ issuer, audience, ...keysAt });
  if (AUTH_JWKS !== undefined) verifier.cacheJwks(JSON.parse(AUTH_JWKS));
  return async (token) => ({ ...(await verifier.verify(token)) });
}
