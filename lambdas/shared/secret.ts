import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import { readEnv } from '../runtime/env';

/** How long a process works with the secret it read, in seconds. */
const MAX_AGE_SECONDS = 300;

/** The key of the engine's tokens. */
export async function engineSecret(): Promise<string> {
  const { SECRET_ARN } = readEnv('SECRET_ARN');
  const secret = await getSecret(SECRET_ARN, { maxAge: MAX_AGE_SECONDS });
  if (typeof secret !== 'string' || secret.length === 0) throw new Error(`the secret ${SECRET_ARN} is empty`);
  return secret;
}
