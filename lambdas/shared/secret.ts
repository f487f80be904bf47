import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { PATIENCE } from './clients/patience';

/** How long a process works with the secret it read, in seconds. */
const MAX_AGE_SECONDS = 300;

const provider = once(() => new SecretsProvider({ clientConfig: PATIENCE }));

/** The key of the engine's tokens. */
export async function engineSecret(): Promise<string> {
  const { SECRET_ARN } = readEnv('SECRET_ARN');
  const secret = await provider().get(SECRET_ARN, { maxAge: MAX_AGE_SECONDS });
  if (typeof secret !== 'string' || secret.length === 0) throw new Error(`the secret ${SECRET_ARN} is empty`);
  return secret;
}
