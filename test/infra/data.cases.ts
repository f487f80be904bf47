import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import type { EnvironmentConfig } from '../../lib/config/schema';
import type { EngineParts } from '../../lib/constructs/function-variables';
import { JobsTable } from '../../lib/constructs/jobs-table';
import { grantTable } from '../../lib/constructs/permissions';
import { synthesise } from './support/synth';

describe.each(ENVIRONMENT_NAMES)('data of %s', (name) => {
  const { templates, environment, ofType } = synthesise(name);
  /** What a failed deployment has made it deletes again, or its names would be taken when it is tried anew. */
  const policies = environment.dataRetained ? ['RetainExceptOnCreate', 'Retain'] : ['Delete', 'Delete'];

  it('holds one table with its index, stream, time to live and point-in-time recovery', () => {
    templates.data.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        Match.objectLike({
          IndexName: 'GSI1',
          KeySchema: [
            { AttributeName: 'gsi1pk', KeyType: 'HASH' },
            { AttributeName: 'gsi1sk', KeyType: 'RANGE' },
          ],
        }),
      ],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: false },
      DeletionProtectionEnabled: environment.dataRetained,
    });
  });

  it('keeps versions in an encrypted bucket that is closed to the public and to plain HTTP', () => {
    templates.data.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ Prefix: 'snapshots/' })]) },
    });
    for (const { Properties } of Object.values(ofType('AWS::S3::Bucket'))) {
      expect(Properties['BucketEncryption']).toBeDefined();
      expect(Object.values(Properties['PublicAccessBlockConfiguration'] as object)).toEqual([
        true,
        true,
        true,
        true,
      ]);
    }
    for (const { Properties } of Object.values(ofType('AWS::S3::BucketPolicy'))) {
      expect(JSON.stringify(Properties['PolicyDocument'])).toContain(
        '{"Bool":{"aws:SecureTransport":"false"}}',
      );
    }
  });

  it('keeps what was taken out of DLQs for as long as the environment says', () => {
    templates.data.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({ Prefix: 'letters/', ExpirationInDays: environment.letters.archiveDays }),
        ]),
      },
    });
  });

  it.each(['AWS::S3::Bucket', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup'])(
    `keeps or deletes each %s as the environment says (${policies})`,
    (type) => {
      const resources = Object.values(ofType(type));
      expect(resources).not.toHaveLength(0);
      for (const { DeletionPolicy, UpdateReplacePolicy } of resources) {
        expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(policies);
      }
    },
  );

  it('keeps the table even when its deployment fails: it refuses the deletion, and its name is its own', () => {
    const kept = environment.dataRetained ? 'Retain' : 'Delete';
    const [table] = Object.values(ofType('AWS::DynamoDB::Table'));
    expect([table?.DeletionPolicy, table?.UpdateReplacePolicy]).toEqual([kept, kept]);
    expect(table?.Properties['TableName']).toBeUndefined();
  });

  it('gives a name to nothing that a failed deployment would leave behind', () => {
    const NAMES = /^(TableName|BucketName|LogGroupName|StateMachineName|RoleName)$/;
    const types = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::Logs::LogGroup', 'AWS::IAM::Role'];
    const left = [...types, 'AWS::StepFunctions::StateMachine', 'AWS::SecretsManager::Secret']
      .flatMap((type) => Object.entries(ofType(type)))
      .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
      .filter(([, { Properties }]) => Object.keys(Properties).some((key) => NAMES.test(key)));
    expect(left).toEqual([]);
  });

  it('protects the stacks of an environment whose data is retained from deletion', () => {
    const { stacks } = synthesise(name);
    for (const stack of Object.values(stacks))
      expect(stack.terminationProtection ?? false).toBe(environment.dataRetained);
  });
});

it('only local and dev may lose their data', () => {
  const losing = ENVIRONMENT_NAMES.filter((name) => !synthesise(name).environment.dataRetained);
  expect(losing).toEqual(['local', 'dev']);
});

describe('the key of the table', () => {
  const specification = (tableKey: EnvironmentConfig['tableKey']) => {
    const stack = new Stack(new App(), 'test');
    const { table } = new JobsTable(stack, 'Jobs', { retained: false, tableKey });
    const fn = new LambdaFunction(stack, 'Fn', {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => {};'),
    });
    grantTable(fn, { table } as unknown as EngineParts, 'read');
    const template = Template.fromStack(stack);
    const [resource] = Object.values(template.findResources('AWS::DynamoDB::Table'));
    const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
    return { sse: resource?.Properties.SSESpecification, grantsKey: policies.includes('kms:Decrypt') };
  };
  const kmsKeyArn = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';

  it.each([
    ['aws-owned', { sse: { SSEEnabled: false }, grantsKey: false }],
    ['aws-managed', { sse: { SSEEnabled: true }, grantsKey: false }],
    [
      { kmsKeyArn },
      { sse: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: kmsKeyArn }, grantsKey: true },
    ],
  ] as const)('%j is what encrypts it, and only one of your own needs a grant', (key, expected) => {
    expect(specification(key)).toEqual(expected);
  });
});
