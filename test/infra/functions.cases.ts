import { Match } from 'aws-cdk-lib/assertions';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { FUNCTIONS, NOTIFYING_FUNCTIONS } from '../../lib/constructs/functions';
import { deployedLength } from './support/deployed-length';
import { synthesise } from './support/synth';

const isKeeper = ({ Environment }: FunctionProperties): boolean =>
  Environment.Variables['POWERTOOLS_SERVICE_NAME'] === 'letter-keeper';

const VARIABLES = [
  'TABLE_NAME',
  'BUCKET_NAME',
  'JOBS_QUEUE_URL',
  'POOLS_QUEUE_URL',
  'DISPATCH_QUEUE_URL',
  'TIMERS_QUEUE_URL',
  'EFFECTS_QUEUE_URL',
  'GRAPHS_QUEUE_URL',
  'ESCALATION',
  'EVENT_BUS_NAME',
  'GRAPH_RUNNER_ARN',
  'MACHINE_ARN_PREFIX',
  'MACHINE_ROLE_ARN',
  'MACHINE_LOG_ARN',
  'MACHINE_FORM',
  'MACHINE_VERSIONS',
  'SECRET_ARN',
  'SOCKET_URL',
  'POOL_NAMES',
  'MAX_WAITING_JOBS',
  'AUTH_ISSUER',
  'AUTH_AUDIENCE',
  'AUTH_MAX_SECONDS',
  'QUOTAS',
  'HTTP_CIDRS',
  'FAST_PATH',
  'LOG_LEVEL',
  'POWERTOOLS_SERVICE_NAME',
  'POWERTOOLS_METRICS_NAMESPACE',
];

interface FunctionProperties {
  readonly Environment: { Variables: Record<string, unknown> };
  readonly Runtime: string;
  readonly Architectures: string[];
  readonly TracingConfig?: { Mode: string };
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
    // The local cloud has neither the key nor the bucket of anchors.
    const absent = new Set<string>([
      ...(name === 'local' ? ['anchorer'] : []),
      ...(environment.notifications ? [] : NOTIFYING_FUNCTIONS),
    ]);
    const expected = FUNCTIONS.filter((each) => !absent.has(each));
    expect(services.sort()).toEqual(expected.sort());
    for (const { Environment } of functions.filter((each) => !isKeeper(each)))
      expect(Object.keys(Environment.Variables)).toEqual(expect.arrayContaining(VARIABLES));
  });

  it('run on Node.js 22 for Arm, traced, within a time', () => {
    for (const { Runtime, Architectures, TracingConfig, Timeout, Environment } of functions) {
      const service = String(Environment.Variables['POWERTOOLS_SERVICE_NAME']);
      expect([Runtime, Architectures]).toEqual(['nodejs22.x', ['arm64']]);
      // Traces of heartbeats would be the dearest part of a worker that waits.
      expect(TracingConfig?.Mode).toBe(service === 'worker-socket' ? undefined : 'Active');
      const isLong =
        /-(collector|cleaner)$/.test(service) ||
        ['outbox-sweeper', 'reconciler', 'capacity-reviewer'].includes(service);
      const others: Record<string, number> = {
        dispatch: 25,
        'letter-keeper': 240,
        cleaner: 900,
        anchorer: 120,
      };
      const usual = others[service] ?? environment.functions.timeoutSeconds;
      expect(Timeout).toBe(isLong ? 300 : usual);
      // A message that is still handled must not come again.
      if (service === 'dispatch') expect(environment.queues.visibilitySeconds).toBeGreaterThan(Timeout);
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
    const keys = functions
      .filter((each) => !isKeeper(each))
      .map(({ Environment }) => Object.keys(Environment.Variables));
    const expected = name === 'local' ? [] : ['AUTH_JWKS_URI'];
    for (const names of keys) expect(names.filter((key) => key.startsWith('AUTH_JWKS'))).toEqual(expected);
  });

  it.each([
    ['sweeper', 'Sweeper', 'rate(1 minute)', 60],
    ['reconciler', 'Reconciler', 'rate(5 minutes)', 300],
    ['capacity-reviewer', 'CapacityReviewer', 'rate(1 hour)', 3_600],
    ['outbox-sweeper', 'OutboxSweeper', 'rate(1 hour)', 3_600],
    ['machine-collector', 'MachineCollector', 'rate(1 day)', 3_600],
    ['cleaner', 'Cleaner', 'rate(1 day)', 3_600],
    ['letter-keeper', 'LettersKeeper', 'rate(5 minutes)', 300],
  ])(
    'keep nothing of a turn that the next one makes good, and make no turn up late: %s',
    (service, id, schedule, maxAge) => {
      templates.engine.hasResourceProperties('AWS::Lambda::Function', {
        Environment: { Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: service }) },
        DeadLetterConfig: Match.absent(),
      });
      const isDeployed = name !== 'local';
      templates.engine.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
        FunctionName: { Ref: Match.stringLikeRegexp(`${id}Function`) },
        // Of its alias, by what CloudFormation takes out of its address.
        Qualifier: isDeployed ? Match.objectLike({ 'Fn::Select': Match.anyValue() }) : '$LATEST',
        MaximumEventAgeInSeconds: maxAge,
      });
      templates.engine.hasResourceProperties('AWS::Events::Rule', {
        ScheduleExpression: schedule,
        Targets: [
          Match.objectLike({
            Arn: isDeployed
              ? { Ref: Match.stringLikeRegexp(`${id}Live`) }
              : { 'Fn::GetAtt': [Match.stringLikeRegexp(`${id}Function`), 'Arn'] },
            DeadLetterConfig: Match.absent(),
          }),
        ],
      });
    },
  );

  it('are given no more variables than the 4 KiB that Lambda takes, whatever the account is called', () => {
    const sizes = functions.map(({ Environment: { Variables } }) => [
      Variables['POWERTOOLS_SERVICE_NAME'],
      Object.entries(Variables).reduce((sum, [key, value]) => sum + key.length + deployedLength(value), 0),
    ]);
    expect(sizes.filter(([, size]) => Number(size) > 4_096)).toEqual([]);
  });

  it('know the role and the log of the machines they make, and whether versions exist', () => {
    for (const { Environment } of functions.filter((each) => !isKeeper(each))) {
      expect(Environment.Variables['MACHINE_VERSIONS']).toBe(name === 'local' ? 'off' : 'on');
      expect(JSON.stringify(Environment.Variables['MACHINE_ROLE_ARN'])).toContain('MachinesRole');
    }
  });

  it('know what they alone read', () => {
    const own = {
      sweeper: { SWEEPS_QUEUE_URL: expect.anything() },
      'machine-collector': { MACHINE_UNUSED_DAYS: String(environment.machines.unusedDays) },
      reconciler: { RECONCILER_GRACE_SECONDS: String(environment.reconciler.graceSeconds) },
      cleaner: {
        ...{ CLEANUP_JOB_DAYS: String(environment.cleanup.jobDays), CLEANUP_DRY_RUN: 'off' },
        CLEANUP_AUDIT_DAYS: String(environment.cleanup.auditDays),
      },
    };
    for (const [service, variables] of Object.entries(own)) {
      const found = functions.find(
        ({ Environment }) => Environment.Variables['POWERTOOLS_SERVICE_NAME'] === service,
      );
      expect(found?.Environment.Variables).toMatchObject(variables);
    }
  });

  it('watch the stream for new events only, halving a batch that fails, for as long as the stream keeps it', () => {
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
      MaximumBatchingWindowInSeconds: 5,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: -1,
      // Without an end: the default.
      MaximumRecordAgeInSeconds: Match.absent(),
      DestinationConfig: Match.absent(),
    });
  });
});
