import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { parseSecretArn } from '../../../../../lib/adapters/aws/secrets/arn';
import { createAwsSecrets } from '../../../../../lib/adapters/aws/secrets/aws-secrets';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/api-AbCdEf';
const PARAMETER = 'arn:aws:ssm:us-east-1:123456789012:parameter/shop/token';

const manager = mockClient(SecretsManagerClient);
const store = mockClient(SSMClient);
beforeEach(() => {
  manager.reset();
  store.reset();
});

const failure = (name: string, more = {}) => Object.assign(new Error(`${name} it said`), { name, ...more });

describe('the ARN of a secret', () => {
  it('says which service keeps it, where, and which part of it is meant', () => {
    expect(parseSecretArn(SECRET)).toEqual({ service: 'secretsmanager', region: 'eu-west-1', arn: SECRET });
    expect(parseSecretArn(`${SECRET}:key:AWSPREVIOUS:v1`)).toEqual({
      ...{ service: 'secretsmanager', region: 'eu-west-1', arn: SECRET },
      ...{ key: 'key', stage: 'AWSPREVIOUS', version: 'v1' },
    });
    expect(parseSecretArn(`${SECRET}:key::`)).toMatchObject({ arn: SECRET, key: 'key' });
    expect(parseSecretArn(PARAMETER)).toEqual({ service: 'ssm', region: 'us-east-1', arn: PARAMETER });
  });

  it.each([
    'hunter2',
    'arn:aws:s3:::bucket',
    'arn:aws:ssm:us-east-1:123456789012:document/x',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:',
    `${SECRET}:a:b:c:d`,
    `${SECRET} x`,
  ])('is not %s', (text) => {
    expect(parseSecretArn(text)).toBeUndefined();
  });
});

describe('secrets of AWS', () => {
  it('are read as text, or as the member of their JSON that is asked for', async () => {
    manager.on(GetSecretValueCommand).resolves({ SecretString: '{"user":"u","port":5432}' });
    const fetch = createAwsSecrets(() => 0);
    expect(await fetch(SECRET)).toBe('{"user":"u","port":5432}');
    expect(await fetch(`${SECRET}:user::`)).toBe('u');
    expect(await fetch(`${SECRET}:port:AWSPREVIOUS:`)).toBe('5432');
    expect(manager.commandCalls(GetSecretValueCommand).map(({ args }) => args[0].input)).toEqual([
      { SecretId: SECRET },
      { SecretId: SECRET },
      { SecretId: SECRET, VersionStage: 'AWSPREVIOUS' },
    ]);
  });

  it('are read from Parameter Store, decrypted', async () => {
    store.on(GetParameterCommand).resolves({ Parameter: { Value: 'v' } });
    expect(await createAwsSecrets(() => 0)(PARAMETER)).toBe('v');
    expect(store.commandCalls(GetParameterCommand)[0]?.args[0].input).toEqual({
      Name: PARAMETER,
      WithDecryption: true,
    });
  });

  it('are asked for once by all who want one within a minute, and again after a failure', async () => {
    let now = 0;
    const fetch = createAwsSecrets(() => now);
    manager
      .on(GetSecretValueCommand)
      .rejectsOnce(failure('AccessDeniedException'))
      .resolves({ SecretString: 'v' });
    await expect(Promise.all([fetch(SECRET), fetch(SECRET)])).rejects.toThrow('it said');
    await Promise.all([fetch(SECRET), fetch(SECRET)]);
    now = 59_999;
    await fetch(SECRET);
    expect(manager.commandCalls(GetSecretValueCommand)).toHaveLength(2);
    now = 60_000;
    await fetch(SECRET);
    expect(manager.commandCalls(GetSecretValueCommand)).toHaveLength(3);
  });

  it.each([
    ['that are not there', failure('ResourceNotFoundException'), { code: 'SECRET_NOT_FOUND' }],
    ['that AWS cannot give now', failure('ThrottlingException'), { code: 'UPSTREAM_UNAVAILABLE' }],
    ['that we may not read', failure('AccessDeniedException'), { name: 'AccessDeniedException' }],
  ])('%s are an error that says so', async (_, error, expected) => {
    manager.on(GetSecretValueCommand).rejects(error);
    await expect(createAwsSecrets(() => 0)(SECRET)).rejects.toMatchObject(expected);
  });

  it.each([
    ['binary', {}, SECRET, /is binary/],
    ['no JSON', { SecretString: 'hunter2' }, `${SECRET}:key::`, /is not JSON, so it has no member key/],
    [
      'JSON without the member',
      { SecretString: '{"a":{}}' },
      `${SECRET}:a::`,
      /has no member a that is text/,
    ],
    ['null', { SecretString: 'null' }, `${SECRET}:a::`, /has no member a/],
  ])('that are %s are an error that does not show them', async (_, answer, arn, message) => {
    manager.on(GetSecretValueCommand).resolves(answer);
    const error: Error = await createAwsSecrets(() => 0)(arn).catch((e) => e);
    expect(error).toMatchObject({ code: 'SECRET_NOT_FOUND', message: expect.stringMatching(message) });
    expect(`${error.stack} ${String(error.cause)}`).not.toContain('hunter2');
  });
});
