import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { auditTrail } from '../shared/api';
import { createAuthorizer } from './authorize';
import { createTokenVerifier } from './verifier';

const env = readEnv('AUTH_ISSUER', 'AUTH_AUDIENCE', 'AUTH_JWKS', 'AUTH_JWKS_URI', 'AUTH_MAX_SECONDS');

export const handler = instrumented(createAuthorizer(createTokenVerifier(env, Date.now), auditTrail));
