import { fetchedKeys, inlineKeys } from '../../lib/adapters/http/issuer-keys';
import { createTokenVerifier } from '../../lib/adapters/http/token-verifier';
import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { auditTrail } from '../shared/api';
import { createAuthorizer } from './authorize';

const env = readEnv(
  ...([
    'AUTH_ISSUER',
    'AUTH_AUDIENCE',
    'AUTH_JWKS',
    'AUTH_JWKS_URI',
    'AUTH_MAX_SECONDS',
    'AUTH_RULES',
  ] as const),
);
const issuer = env.AUTH_ISSUER;
const clock = Date.now;
const keys =
  env.AUTH_JWKS === undefined
    ? fetchedKeys({ issuer, jwksUri: env.AUTH_JWKS_URI, clock })
    : inlineKeys(env.AUTH_JWKS);

const verify = createTokenVerifier({
  ...{ issuer, keys, clock, audiences: env.AUTH_AUDIENCE, maxLifetimeSeconds: env.AUTH_MAX_SECONDS },
  ...env.AUTH_RULES,
});

export const handler = instrumented(createAuthorizer(verify, auditTrail));
