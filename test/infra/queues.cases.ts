import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { type Resource, synthesise } from './support/synth';

const QUEUES = [
  'QueuesJobs',
  'QueuesPools',
  'QueuesDependencies',
  'QueuesLetters',
  'QueuesTargets',
  'QueuesDeliveries',
  'QueuesDispatch',
  'QueuesTimers',
  'QueuesEffects',
  'QueuesGraphs',
  'QueuesSweeps',
  'QueuesLessons',
  'BusNotifications',
];

interface QueueProperties {
  readonly FifoQueue?: boolean;
  readonly RedrivePolicy?: {
    deadLetterTargetArn: { 'Fn::GetAtt': [string, string] };
    maxReceiveCount: number;
  };
  readonly SqsManagedSseEnabled?: boolean;
  readonly VisibilityTimeout?: number;
  readonly MessageRetentionPeriod?: number;
  readonly QueueName?: string;
  readonly RedriveAllowPolicy?: { redrivePermission: string; sourceQueueArns: unknown[] };
}

describe.each(ENVIRONMENT_NAMES)('queues of %s', (name) => {
  const { environment, ofType } = synthesise(name);
  const queues = ofType('AWS::SQS::Queue');
  const properties = (id: string) => queues[id]?.Properties as QueueProperties;
  const idOf = (prefix: string) =>
    Object.keys(queues).find((id) => id.startsWith(`${prefix}Queue`)) ?? prefix;

  it.each(QUEUES)('%s has a dead letter queue of its own kind, kept for two weeks', (prefix) => {
    const { RedrivePolicy, FifoQueue } = properties(idOf(prefix));
    const target = RedrivePolicy?.deadLetterTargetArn['Fn::GetAtt'][0] ?? '';
    expect(RedrivePolicy?.maxReceiveCount).toBe(environment.queues.maxReceives);
    expect(target).toContain(`${prefix}Dlq`);
    expect(properties(target).FifoQueue).toBe(FifoQueue);
    expect(properties(target).MessageRetentionPeriod).toBe(14 * 86_400);
  });

  it('keeps the inputs of jobs, pools, dependencies and letters in order, each of them for itself', () => {
    const throughput = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' };
    for (const prefix of [
      'QueuesJobs',
      'QueuesPools',
      'QueuesDependencies',
      'QueuesLetters',
      'QueuesTargets',
    ]) {
      expect(properties(idOf(prefix))).toMatchObject({ FifoQueue: true, ...throughput });
    }
  });

  it('encrypts every queue and refuses plain HTTP', () => {
    const guarded = Object.values(ofType('AWS::SQS::QueuePolicy'))
      .filter(refusesPlainHttp)
      .flatMap(({ Properties }) => (Properties['Queues'] as { Ref: string }[]).map(({ Ref }) => Ref));
    for (const id of Object.keys(queues)) {
      expect(properties(id).SqsManagedSseEnabled).toBe(true);
      expect(guarded).toContain(id);
    }
  });

  it('has no DLQ beside them: from one that no queue feeds nothing is redriven', () => {
    const fed = Object.values(queues).flatMap(({ Properties }) => {
      const { RedrivePolicy } = Properties as QueueProperties;
      return RedrivePolicy ? [RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0]] : [];
    });
    const others = Object.keys(queues).filter((id) => isDlq(id) && !fed.includes(id));
    expect(others).toEqual([]);
  });

  it('takes a letter to its DLQ when it is refused once, and takes nothing there of any other queue', () => {
    const id = idOf('QueuesRedrive');
    const { QueueName, RedrivePolicy } = properties(id);
    const target = RedrivePolicy?.deadLetterTargetArn['Fn::GetAtt'][0] ?? '';
    expect(RedrivePolicy?.maxReceiveCount).toBe(1);
    const { RedriveAllowPolicy, MessageRetentionPeriod, ...dlq } = properties(target);
    expect(dlq).toMatchObject({ QueueName: `${QueueName}-dlq`, SqsManagedSseEnabled: true });
    expect(MessageRetentionPeriod).toBe(environment.queues.dlqDays * 86_400);
    expect(RedriveAllowPolicy?.redrivePermission).toBe('byQueue');
    const sources = RedriveAllowPolicy?.sourceQueueArns ?? [];
    expect(sources).toHaveLength(1);
    expect(JSON.stringify(sources[0])).toContain(`:reprise-${name}-redrive"`);
  });

  it('counts no receives in a DLQ: what the keeper looks at stays where it is', () => {
    for (const [id, { Properties }] of Object.entries(queues).filter(([each]) => isDlq(each)))
      expect([id, (Properties as QueueProperties).RedrivePolicy]).toEqual([id, undefined]);
  });

  it('hides a message at least as long as its function may work on it', () => {
    for (const prefix of QUEUES) {
      const { VisibilityTimeout = 0 } = properties(idOf(prefix));
      expect(VisibilityTimeout).toBeGreaterThanOrEqual(environment.functions.timeoutSeconds);
    }
  });

  it('takes back only what failed of a batch, ten of a FIFO queue at a time', () => {
    const sources = Object.values(ofType('AWS::Lambda::EventSourceMapping')).map(
      ({ Properties }) => Properties,
    );
    const ofQueues = sources.filter((source) => JSON.stringify(source['EventSourceArn']).includes('Queue'));
    expect(ofQueues).toHaveLength(12);
    for (const source of sources)
      expect(source['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
    for (const source of ofQueues) {
      // Machines are made one after the other: Step Functions allows about one a second.
      // So are the journals of jobs read, of which one may be large, and two sweeps at once see the same.
      const isAlone = /Queues(Graphs|Lessons|Sweeps)/.test(JSON.stringify(source['EventSourceArn']));
      expect(source['BatchSize']).toBe(isAlone ? 1 : 10);
    }
  });
});

describe.each(ENVIRONMENT_NAMES.filter((name) => name !== 'local'))('the DLQs of %s', (name) => {
  const { ofType, environment } = synthesise(name);

  it('raise an alarm with the first message, in every queue that holds them', () => {
    const watched = Object.values(ofType('AWS::CloudWatch::Alarm')).filter(
      ({ Properties }) => Properties['MetricName'] === 'ApproximateNumberOfMessagesVisible',
    );
    const ids = watched.flatMap(({ Properties }) => JSON.stringify(Properties['Dimensions']));
    for (const id of Object.keys(ofType('AWS::SQS::Queue')).filter(isDlq)) {
      expect(ids.some((dimensions) => dimensions.includes(id))).toBe(true);
    }
    for (const { Properties } of watched) {
      // Letters lie for as long as people need.
      const isOfLetters = JSON.stringify(Properties['Dimensions']).includes('QueuesRedriveDlq');
      const Threshold = isOfLetters ? environment.letters.maxWaiting : 0;
      expect(Properties).toMatchObject({ Threshold, ComparisonOperator: 'GreaterThanThreshold' });
      expect(Properties['AlarmActions']).toHaveLength(1);
    }
  });
});

function isDlq(id: string): boolean {
  return /Dlq/.test(id);
}

function refusesPlainHttp({ Properties }: Resource): boolean {
  const { Statement } = Properties['PolicyDocument'] as {
    Statement: { Effect: string; Condition?: unknown }[];
  };
  return Statement.some(
    ({ Effect, Condition }) =>
      Effect === 'Deny' && JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
  );
}
