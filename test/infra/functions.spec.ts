import { Match } from 'aws-cdk-lib/assertions';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { FUNCTIONS } from '../../lib/constructs/functions';
import { synthesise } from './support/synth';

const VARIABLES = [
  'TABLE_NAME',
  'BUCKET_NAME',
  'JOBS_QUEUE_URL',
  'POOLS_QUEUE_URL',
  'DISPATCH_QUEUE_URL',
  'TIMERS_QUEUE_URL',
  'EFFECTS_QUEUE_URL',
  'EVENT_BUS_NAME',
  'GRAPH_RUNNER_ARN',
  'STATE_MACHINE_ARN_PREFIX',
  'SECRET_ARN',
  'POOL_NAMES',
  'AUTH_ISSUER',
  'AUTH_AUDIENCE',
  'FAST_PATH',
  'LOG_LEVEL',
  'POWERTOOLS_SERVICE_NAME',
  'POWERTOOLS_METRICS_NAMESPACE',
];

interface FunctionProperties {
  readonly Environment: { Variables: Record<string, unknown> };
  readonly Runtime: string;
  readonly Architectures: string[];
  readonly TracingConfig: { Mode: string };
  readonly LoggingConfig: { LogGroup: { Ref: string } };
  readonly Timeout: number;
}

describe.each(ENVIRONMENT_NAMES)('functions of %s', (name) => {
  const { ofType, environment, templates } = synthesise(name);
  const functions = Object.values(ofType('AWS::Lambda::Function')).map(
    ({ Properties }) => Properties as unknown as FunctionProperties,
  );

  it('are those of the list, and each knows where everything is', () => {
    const services = functions.map(({ Environment }) => Environment.Variables['POWERTOOLS_SERVICE_NAME']);
    expect(services.sort()).toEqual([...FUNCTIONS].sort());
    for (const { Environment } of functions)
      expect(Object.keys(Environment.Variables)).toEqual(expect.arrayContaining(VARIABLES));
  });

  it('run on Node.js 22 for Arm, traced, within a time', () => {
    for (const { Runtime, Architectures, TracingConfig, Timeout } of functions) {
      expect([Runtime, Architectures, TracingConfig.Mode]).toEqual(['nodejs22.x', ['arm64'], 'Active']);
      expect(Timeout).toBe(environment.functions.timeoutSeconds);
    }
  });

  it('log to a group of their own, kept for as long as the environment says', () => {
    const groups = ofType('AWS::Logs::LogGroup');
    const used = functions.map(({ LoggingConfig }) => LoggingConfig.LogGroup.Ref);
    expect(new Set(used).size).toBe(functions.length);
    for (const { Properties } of Object.values(groups)) {
      expect(Properties['RetentionInDays']).toBe(environment.logRetentionDays);
    }
  });

  it('get inline keys only in local', () => {
    const keys = functions.map(({ Environment }) => Object.keys(Environment.Variables));
    const expected = name === 'local' ? [] : ['AUTH_JWKS_URI'];
    for (const names of keys) expect(names.filter((key) => key.startsWith('AUTH_JWKS'))).toEqual(expected);
  });

  it('have a dead letter queue where nobody waits for their answer', () => {
    templates.engine.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: 'sweeper' }) },
      DeadLetterConfig: {
        TargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('SweeperDeadLetters'), 'Arn'] },
      },
    });
    templates.engine.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
    });
  });

  it('watch the stream for new events only, halving a batch that fails, with a queue for what is lost', () => {
    templates.engine.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      FilterCriteria: {
        Filters: [
          {
            Pattern: JSON.stringify({
              eventName: ['INSERT'],
              dynamodb: { Keys: { sk: { S: [{ prefix: 'EVT#' }] } } },
            }),
          },
        ],
      },
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadLetters'), 'Arn'] } },
      },
    });
  });
});
