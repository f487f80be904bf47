import { LOCAL_AUDIENCE, LOCAL_ISSUER, type LocalKeys } from '../adapters/http/local-issuer';

/** Makes the deployed environment accept the tokens of this machine's issuer: values for the CDK's context. */
export function authContext({ jwks }: LocalKeys): Readonly<Record<string, string>> {
  return { authIssuer: LOCAL_ISSUER, authAudience: LOCAL_AUDIENCE, authJwks: JSON.stringify(jwks) };
}
