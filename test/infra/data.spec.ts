import { Match } from 'aws-cdk-lib/assertions';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { synthesise } from './support/synth';

describe.each(ENVIRONMENT_NAMES)('data of %s', (name) => {
  const { templates, environment, ofType } = synthesise(name);
  const policy = environment.dataRetained ? 'Retain' : 'Delete';

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
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
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

  it.each(['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup'])(
    `keeps or deletes each %s as the environment says (${policy})`,
    (type) => {
      const resources = Object.values(ofType(type));
      expect(resources).not.toHaveLength(0);
      for (const { DeletionPolicy, UpdateReplacePolicy } of resources) {
        expect([DeletionPolicy, UpdateReplacePolicy]).toEqual([policy, policy]);
      }
    },
  );

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
