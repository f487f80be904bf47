import { readdirSync, readFileSync } from 'node:fs';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { NOTIFYING_FUNCTIONS } from '../../lib/constructs/functions';
import { RUNBOOKS, type Runbook, runbookPage } from '../../lib/constructs/runbooks';
import { functionBehind, ISSUER, type Resource, SAMPLE, synthesise } from './support/synth';

interface AlarmProperties {
  readonly AlarmDescription: string;
  readonly MetricName?: string;
  readonly Namespace?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Metrics?: readonly {
    readonly MetricStat?: { readonly Metric: { readonly MetricName: string } };
  }[];
  readonly TreatMissingData: string;
  readonly Threshold: number;
}

const pages = (Object.keys(RUNBOOKS) as Runbook[]).map(runbookPage);

/** Functions by their name, with what the template says of them. */
function functionsOf(ofType: (type: string) => Record<string, Resource>) {
  return Object.entries(ofType('AWS::Lambda::Function')).map(([id, { Properties }]) => {
    const { Variables } = Properties['Environment'] as { Variables: Record<string, string> };
    const reserved = Properties['ReservedConcurrentExecutions'] as number | undefined;
    return { id, name: Variables['POWERTOOLS_SERVICE_NAME'] ?? '', reserved };
  });
}

describe.each(ENVIRONMENT_NAMES)('concurrency in %s', (name) => {
  const { ofType, environment } = synthesise(name);
  const functions = functionsOf(ofType);
  const { account, reserved, consumers } = environment.concurrency;
  const limits = Object.values(ofType('AWS::Lambda::EventSourceMapping')).flatMap(({ Properties }) => {
    const ref = functionBehind(Properties['FunctionName'], ofType);
    const scaling = Properties['ScalingConfig'] as { MaximumConcurrency: number } | undefined;
    const isOfQueue = JSON.stringify(Properties['EventSourceArn']).includes('Queue');
    return isOfQueue ? [{ name: functions.find(({ id }) => id === ref)?.name, ...scaling }] : [];
  });

  it('is reserved for what heartbeats pass, for pools and for the sweeper, and for nothing else', () => {
    const given = functions.flatMap((each) =>
      each.reserved === undefined ? [] : [[each.name, each.reserved]],
    );
    expect(Object.fromEntries(given)).toEqual(reserved);
    const expected = ['authorizer', 'pool-inputs', 'sweeper', 'worker-heartbeat', 'worker-socket'];
    expect(Object.keys(reserved).sort()).toEqual(name === 'local' ? [] : expected);
  });

  it('leaves to the others what Lambda insists on, and more than the queues may take', () => {
    const rest = account - Object.values(reserved).reduce((sum, each) => sum + each, 0);
    expect(rest).toBeGreaterThanOrEqual(100);
    const unreserved = Object.entries(consumers).filter(([each]) => !(each in reserved));
    expect(unreserved.reduce((sum, [, each]) => sum + each, 0)).toBeLessThan(rest);
  });

  it('is bounded for every queue, by no more than is reserved for its function', () => {
    const absent: readonly string[] = environment.notifications ? [] : NOTIFYING_FUNCTIONS;
    const expected = Object.entries(consumers).filter(([consumer]) => !absent.includes(consumer));
    expect(Object.fromEntries(limits.map((each) => [each.name, each.MaximumConcurrency]))).toEqual(
      Object.fromEntries(expected),
    );
    for (const { name: consumer, MaximumConcurrency = Infinity } of limits) {
      const own = functions.find((each) => each.name === consumer)?.reserved ?? Infinity;
      expect(MaximumConcurrency).toBeLessThanOrEqual(own);
    }
  });
});

describe.each(ENVIRONMENT_NAMES.filter((name) => name !== 'local'))('alarms of %s', (name) => {
  const { ofType, environment } = synthesise(name);
  const alarms = Object.values(ofType('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties as unknown as AlarmProperties,
  );
  const ofMetric = (metric: string) => alarms.filter(({ MetricName }) => MetricName === metric);
  const isOf = (id: string) => (alarm: AlarmProperties) => JSON.stringify(alarm.Dimensions).includes(id);

  const described = Object.values(ofType('AWS::CloudWatch::CompositeAlarm'))
    .map(({ Properties }) => Properties['AlarmDescription'] as string)
    .concat(alarms.map(({ AlarmDescription }) => AlarmDescription));

  it('name the page that says what they mean, how to look and what to do', () => {
    for (const description of described) {
      const page = / See (\S+)\.$/.exec(description)?.[1] ?? description;
      const headings = readFileSync(page, 'utf8').match(/^##? .+$/gm);
      expect([page, headings]).toEqual([
        page,
        [expect.stringMatching(/^# /), '## What it means', '## How to look', '## What to do'],
      ]);
    }
  });

  it('use every page that there is', () => {
    const named = pages.filter((page) => described.some((text) => text.endsWith(` See ${page}.`)));
    expect(named).toEqual(pages);
    const written = readdirSync('docs/operations').filter((file) => !['README.md', 'dlqs.md'].includes(file));
    expect(written.map((file) => `docs/operations/${file}`)).toEqual([...pages].sort());
    const index = readFileSync('docs/operations/README.md', 'utf8');
    for (const file of written) expect(index).toContain(`](${file})`);
  });

  it('say when a function fails or is throttled; refused tokens are no failure of the authorizer', () => {
    const functions = functionsOf(ofType);
    const without = (metric: string) =>
      functions.filter(({ id }) => !ofMetric(metric).some(isOf(id))).map((each) => each.name);
    expect([without('Errors'), without('Throttles')]).toEqual([['authorizer'], []]);
    expect(ofMetric('KeysUnavailable')).toEqual([
      expect.objectContaining({
        Namespace: `Reprise/${name}`,
        Dimensions: [{ Name: 'service', Value: 'authorizer' }],
      }),
    ]);
  });

  it('say when messages wait, in every queue but a DLQ', () => {
    const queues = Object.keys(ofType('AWS::SQS::Queue')).filter((id) => !/Dlq/.test(id));
    const unwatched = queues.filter((id) => !ofMetric('ApproximateAgeOfOldestMessage').some(isOf(id)));
    expect(unwatched).toEqual([]);
  });

  it('say when the account runs out of concurrency, a fifth before', () => {
    const [alarm] = ofMetric('ClaimedAccountConcurrency');
    expect(alarm).toMatchObject({ Threshold: environment.concurrency.account * 0.8 });
    expect(alarm?.Dimensions).toBeUndefined();
  });

  it('say when the sweeper runs less than half as often as it should, or the letter keeper not at all, which no data is too', () => {
    const ofSweeper = ofMetric('Invocations').filter(isOf('FunctionsSweeper'));
    expect(ofSweeper).toEqual([
      expect.objectContaining({ Threshold: 15, Period: 300, TreatMissingData: 'breaching' }),
    ]);
    expect(ofMetric('Invocations').filter(isOf('LettersKeeper'))).toEqual([
      expect.objectContaining({ Threshold: 1, TreatMissingData: 'breaching' }),
    ]);
  });

  it('say when the reconciler has much to repair', () => {
    expect(ofMetric('StatesRepaired')).toEqual([
      expect.objectContaining({
        ...{ Namespace: `Reprise/${name}`, Dimensions: [{ Name: 'service', Value: 'reconciler' }] },
        ...{ Period: 900, Threshold: 20 },
      }),
    ]);
  });

  it('say when the stream is behind, and events or calls are lost', () => {
    for (const [metric, count] of [
      // The outbox relay, and the anchorer.
      ['IteratorAge', 2],
      ['FailedInvocations', 1],
      ['5XXError', 1],
    ] as const) {
      expect(ofMetric(metric)).toHaveLength(count);
    }
  });

  it('say when the table or Step Functions is throttled, messages are poisoned, or a recovery has failed', () => {
    const summed = alarms.flatMap(({ Metrics = [] }) => [
      Metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric.MetricName] : [])).sort(),
    ]);
    expect(summed.filter((names) => names.length > 0)).toEqual(
      expect.arrayContaining([
        ['ReadThrottleEvents', 'ReadThrottleEvents', 'WriteThrottleEvents', 'WriteThrottleEvents'],
        ['ThrottledEvents', 'ThrottledEvents'],
        ['RecoveriesFailed', 'RecoveriesFailed'],
      ]),
    );
    // Of every consumer, ten in an alarm at most.
    expect(summed.flat().filter((metric) => metric === 'InputsPoisoned')).toHaveLength(
      Object.keys(environment.concurrency.consumers).length,
    );
  });

  it('say when many letters wait, and when one does for long, well before it is archived', () => {
    const { letters, queues } = environment;
    const [parked] = ofMetric('ApproximateNumberOfMessagesVisible').filter(isOf('QueuesRedriveDlq'));
    expect(parked).toMatchObject({ Threshold: letters.maxWaiting });
    const [oldest] = ofMetric('ApproximateAgeOfOldestMessage').filter(isOf('QueuesRedriveDlq'));
    expect(oldest).toMatchObject({ Threshold: letters.maxAgeDays * 86_400 });
    expect(letters.maxAgeDays).toBeLessThan(queues.dlqDays - 2);
  });
});

describe.each(ENVIRONMENT_NAMES)('the destruction of %s', (name) => {
  const { templates } = synthesise(name);
  const engine = templates.engine.toJSON() as { Resources: Record<string, Resource> };
  const [cleaner, rules] = Object.entries(engine.Resources).find(
    ([, { Type }]) => Type === 'AWS::CloudFormation::CustomResource',
  ) as [string, Resource];
  const dependenciesOf = (type: string) =>
    Object.values(engine.Resources)
      .filter(({ Type }) => Type === type)
      .map(({ DependsOn = [] }) => DependsOn);

  it('cleans the rules of triggers away before the bus, which could not be deleted with them', () => {
    expect(JSON.stringify(rules.Properties['EventBusName'])).toMatch(/^{"Ref":"Bus[0-9A-F]{8}"}$/);
  });

  it('asks for that while the function may still remove them', () => {
    const [role = ''] = rules.DependsOn ?? [];
    expect(role).toMatch(/^RuleCleaner.*ServiceRole/);
    expect(JSON.stringify(engine.Resources[role]?.Properties['Policies'])).toContain('events:RemoveTargets');
  });

  it('begins with all that makes rules', () => {
    for (const dependencies of dependenciesOf('AWS::Lambda::EventSourceMapping'))
      expect(dependencies).toContain(cleaner);
  });
});

describe('an environment whose issuer is in SSM', () => {
  const { ofType, templates } = synthesise('prod', [SAMPLE], { authParameters: '/reprise/prod/auth' });

  it('is deployed with the values of the account, and not without them', () => {
    const parameters = Object.values(templates.engine.findParameters('*')).map(({ Default }) => Default);
    expect(parameters).toEqual(
      expect.arrayContaining(['issuer', 'audience', 'jwksUri'].map((key) => `/reprise/prod/auth/${key}`)),
    );
    const variables = Object.entries(ofType('AWS::Lambda::Function'))
      .filter(([id]) => id.startsWith('Authorizer'))
      .map(([, { Properties }]) => Properties['Environment'] as { Variables: Record<string, unknown> });
    const { Variables } = variables[0] as { Variables: Record<string, unknown> };
    for (const key of ['AUTH_ISSUER', 'AUTH_AUDIENCE', 'AUTH_JWKS_URI'])
      expect(JSON.stringify(Variables[key])).toContain('SsmParameterValue');
    expect(JSON.stringify(Variables)).not.toContain(ISSUER['authIssuer']);
  });
});
