import { signIn } from '../../lib/api/sign-in';
import { readEnv } from '../runtime/env';
import { apiHandler } from '../shared/api';

const { AUTH_ISSUER: issuer, AUTH_CLIENT_ID: clientId } = readEnv('AUTH_ISSUER', 'AUTH_CLIENT_ID');

export const handler = apiHandler(signIn({ issuer, clientId }));
