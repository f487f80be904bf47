import { describeError } from '../../lib/api/errors';
import { signIn } from '../../lib/api/sign-in';
import { readEnv } from '../runtime/env';
import { routedHandler } from '../shared/api';

const { AUTH_ISSUER: issuer, AUTH_CLIENT_ID: clientId } = readEnv('AUTH_ISSUER', 'AUTH_CLIENT_ID');

export const handler = routedHandler([signIn({ issuer, clientId }), describeError()]);
