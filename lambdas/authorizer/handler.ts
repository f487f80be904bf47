import { readEnv } from '../shared/env';
import { instrumented } from '../shared/instrumented';
import { createAuthorizer } from './authorize';
import { createTokenVerifier } from './verifier';

const env = readEnv('AUTH_ISSUER', 'AUTH_AUDIENCE', 'AUTH_JWKS', 'AUTH_JWKS_URI');

export const handler = instrumented(createAuthorizer(createTokenVerifier(env)));
