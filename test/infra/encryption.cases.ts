import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { type Resource, synthesise } from './support/synth';

interface PolicyStatement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

const WITHOUT_TLS = { Bool: { 'aws:SecureTransport': 'false' } };

const statementsOf = ({ Properties }: Resource): PolicyStatement[] =>
  (Properties['PolicyDocument'] as { Statement: PolicyStatement[] }).Statement;

const deniesPlainText = (resource: Resource): boolean =>
  statementsOf(resource).some(
    ({ Effect, Condition }) => Effect === 'Deny' && JSON.stringify(Condition) === JSON.stringify(WITHOUT_TLS),
  );

/** Ids of the resources that a policy is of. */
const refsIn = (value: unknown): string[] =>
  [...JSON.stringify(value).matchAll(/"Ref":"(\w+)"/g)].map(([, id = '']) => id);

describe.each(ENVIRONMENT_NAMES)('at rest and on its way, in %s', (name) => {
  const { ofType } = synthesise(name);
  const idsOf = (type: string) => Object.keys(ofType(type)).sort();
  const coveredBy = (policies: Record<string, Resource>, member: string) =>
    Object.values(policies)
      .filter(deniesPlainText)
      .flatMap(({ Properties }) => refsIn(Properties[member]));

  it('a table is encrypted, and can be restored to any second of a month', () => {
    const tables = Object.values(ofType('AWS::DynamoDB::Table'));
    expect(tables.length).toBeGreaterThan(0);
    for (const { Properties } of tables) {
      // DynamoDB encrypts every table; without a specification by a key of its own.
      const { SSESpecification = { SSEEnabled: false } } = Properties as { SSESpecification?: object };
      expect([{ SSEEnabled: false }, { SSEEnabled: true }]).toContainEqual(
        expect.objectContaining(SSESpecification),
      );
      expect(Properties['PointInTimeRecoverySpecification']).toMatchObject({
        PointInTimeRecoveryEnabled: true,
      });
    }
  });

  it('a queue is encrypted, and refuses what comes without TLS', () => {
    const queues = ofType('AWS::SQS::Queue');
    for (const [id, { Properties }] of Object.entries(queues)) {
      const { SqsManagedSseEnabled, KmsMasterKeyId } = Properties;
      expect({ id, isEncrypted: SqsManagedSseEnabled === true || KmsMasterKeyId !== undefined }).toEqual({
        id,
        isEncrypted: true,
      });
    }
    expect([...new Set(coveredBy(ofType('AWS::SQS::QueuePolicy'), 'Queues'))].sort()).toEqual(
      idsOf('AWS::SQS::Queue'),
    );
  });

  it('a topic is encrypted or is told of nothing secret, and refuses what comes without TLS', () => {
    expect([...new Set(coveredBy(ofType('AWS::SNS::TopicPolicy'), 'Topics'))].sort()).toEqual(
      idsOf('AWS::SNS::Topic'),
    );
  });

  it('a bucket is encrypted, is nobody’s in public, and refuses what comes without TLS', () => {
    const buckets = Object.values(ofType('AWS::S3::Bucket'));
    expect(buckets.length).toBeGreaterThan(0);
    for (const { Properties } of buckets) {
      expect(Properties).toMatchObject({
        BucketEncryption: { ServerSideEncryptionConfiguration: [expect.anything()] },
        PublicAccessBlockConfiguration: {
          ...{
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
        },
      });
    }
    expect([...new Set(coveredBy(ofType('AWS::S3::BucketPolicy'), 'Bucket'))].sort()).toEqual(
      idsOf('AWS::S3::Bucket'),
    );
  });

  it('the API speaks TLS 1.2 at least; the local cloud has none', () => {
    const [api] = Object.values(ofType('AWS::ApiGateway::RestApi'));
    const expected = name === 'local' ? undefined : 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09';
    expect(api?.Properties['SecurityPolicy']).toBe(expected);
  });

  it('logs are in groups of their own, which CloudWatch encrypts, and go after their time', () => {
    for (const { Properties } of Object.values(ofType('AWS::Logs::LogGroup')))
      expect(Properties['RetentionInDays']).toEqual(expect.any(Number));
  });

  it('nobody is allowed everything by a policy of a resource', () => {
    for (const type of ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy', 'AWS::S3::BucketPolicy'])
      for (const [id, resource] of Object.entries(ofType(type)))
        for (const { Effect, Principal, Condition } of statementsOf(resource)) {
          const isAnybody = JSON.stringify(Principal ?? '').includes('"*"');
          if (Effect === 'Allow' && isAnybody)
            expect({ id, Condition }).toEqual({ id, Condition: expect.anything() });
        }
  });
});
