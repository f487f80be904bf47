import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { RepriseError } from '../../../core/errors';
import { present } from '../../../core/model/present';
import type { Clock } from '../../../core/model/time';
import { isNamed, upstream } from '../aws-errors';
import { parseSecretArn, type SecretPlace } from './arn';

/** How long a value is taken for the present one, milliseconds: a fan-out asks once, a rotation is soon seen. */
const FRESH_MS = 60_000;
/** An attempt waits for its secrets; milliseconds for each try. */
const PATIENCE = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/** Reads values that AWS keeps, as whoever this process is to AWS. Many who ask for one at once share the answer. */
export function createAwsSecrets(clock: Clock): (arn: string) => Promise<string> {
  const asked = new Map<string, { readonly at: number; readonly value: Promise<string> }>();
  return (arn) => {
    const known = asked.get(arn);
    if (known && clock() - known.at < FRESH_MS) return known.value;
    const value = read(arn);
    asked.set(arn, { at: clock(), value });
    value.catch(() => asked.delete(arn));
    return value;
  };
}

async function read(arn: string): Promise<string> {
  const place = parseSecretArn(arn);
  if (!place) throw new RepriseError('INPUT_INVALID', `${arn} is no ARN of a secret or a parameter`);
  try {
    return await (place.service === 'ssm' ? readParameter(place) : readSecret(place));
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException', 'ParameterNotFound')) throw error;
    throw notFound(`AWS has nothing at ${arn}`, error);
  }
}

async function readSecret(place: Extract<SecretPlace, { service: 'secretsmanager' }>): Promise<string> {
  const { arn, region, key, stage, version } = place;
  const client = new SecretsManagerClient({ region, requestHandler: PATIENCE });
  const command = new GetSecretValueCommand({
    SecretId: arn,
    ...present({ VersionStage: stage, VersionId: version }),
  });
  const { SecretString: text } = await upstream('Secrets Manager', () => client.send(command));
  if (text === undefined) throw notFound(`${arn} is binary, and a variable holds text`);
  return key === undefined ? text : memberOf(text, key, arn);
}

async function readParameter({ arn, region }: SecretPlace): Promise<string> {
  const client = new SSMClient({ region, requestHandler: PATIENCE });
  const command = new GetParameterCommand({ Name: arn, WithDecryption: true });
  const { Parameter } = await upstream('Parameter Store', () => client.send(command));
  if (Parameter?.Value === undefined) throw notFound(`${arn} has no value`);
  return Parameter.Value;
}

function memberOf(text: string, key: string, arn: string): string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // The error of the parser quotes what it read.
    throw notFound(`${arn} is not JSON, so it has no member ${key}`);
  }
  const value = (document as Readonly<Record<string, unknown>> | null)?.[key];
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw notFound(`${arn} has no member ${key} that is text`);
}

function notFound(message: string, cause?: unknown): RepriseError {
  return new RepriseError('SECRET_NOT_FOUND', message, { cause });
}
