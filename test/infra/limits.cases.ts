import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { deployedLength } from './support/deployed-length';
import { statementsByRole } from './support/policies';
import { QUOTAS_PAGE, sizeOf, stackTemplates, withSizes } from './support/stack-sizes';
import { functionBehind, type Resource, synthesise } from './support/synth';

/** What CloudFormation takes of one template, and how much of it may be used before stacks have to be made smaller. */
const TEMPLATE = { resources: 500, outputs: 200, parameters: 200, bytes: 1_000_000 };
const USED = 0.7;

/** Documents and lists that services take whole, with their limits; characters where nothing else is said. */
const LIMITS = {
  inlinePolicies: 10_240,
  managedPolicies: 10,
  functionPolicy: 20_480,
  queuePolicy: 8_192,
  topicPolicy: 30_720,
  bucketPolicy: 20_480,
  logPolicy: 5_120,
  machineDefinition: 1_048_576,
  rulesOfBus: 300,
  targetsOfRule: 5,
  pathsOfApi: 300,
  metricsOfAlarm: 10,
  actionsOfAlarm: 5,
  alarmDescription: 1_024,
  alarmRule: 10_240,
  childrenOfAlarm: 100,
  widgetsOfDashboard: 500,
} as const;

interface ValidationReport {
  readonly pluginReports: readonly { readonly pluginName: string; readonly violations: readonly unknown[] }[];
}

const textOf = (value: unknown) => JSON.stringify(value);

describe.each(ENVIRONMENT_NAMES)('limits of services in %s', (name) => {
  const { ofType, app } = synthesise(name);
  const templates = stackTemplates(name);
  const all = (type: string): [string, Resource['Properties']][] =>
    [...templates.values()].flatMap(({ Resources }) =>
      Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) =>
        Type === type ? [[id, Properties] as [string, Resource['Properties']]] : [],
      ),
    );
  /** Those that are past a limit, as a failure is to show them. */
  const past = (limit: number, sizes: readonly (readonly [string, number])[]) =>
    sizes.filter(([, size]) => size > limit);

  it('leave three tenths of what CloudFormation takes of a template', () => {
    for (const [stack, template] of templates)
      for (const [what, size] of Object.entries(sizeOf(template))) {
        const most = TEMPLATE[what as keyof typeof TEMPLATE] * USED;
        expect({ stack, what, size, most, fits: size <= most }).toMatchObject({ fits: true });
      }
  });

  it('find nothing by the rules of CloudFormation', () => {
    const file = join(app.outdir, 'validation-report.json');
    const { pluginReports } = JSON.parse(readFileSync(file, 'utf8')) as ValidationReport;
    // Where something is accepted with a reason, it says who looked.
    if (name === 'local')
      expect(pluginReports.map(({ pluginName }) => pluginName)).toEqual(['CloudFormation Validate']);
    expect(pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  });

  it('hold for the policies of roles', () => {
    const roles = [...statementsByRole(ofType)];
    expect(roles.length).toBeGreaterThan(20);
    expect(
      past(
        LIMITS.inlinePolicies,
        roles.map(([id, statements]) => [id, deployedLength(statements)]),
      ),
    ).toEqual([]);
    const attached = all('AWS::IAM::Role').map(
      ([id, { ManagedPolicyArns = [] }]) => [id, (ManagedPolicyArns as unknown[]).length] as const,
    );
    expect(past(LIMITS.managedPolicies, attached)).toEqual([]);
    // One of our own would have 6,144 characters.
    expect(all('AWS::IAM::ManagedPolicy')).toEqual([]);
  });

  it('hold for who may call functions', () => {
    const sizes = new Map<string, number>();
    for (const [, permission] of all('AWS::Lambda::Permission')) {
      const id = functionBehind(permission['FunctionName'], ofType);
      sizes.set(id, (sizes.get(id) ?? 0) + deployedLength(permission));
    }
    expect(sizes.size).toBeGreaterThan(20);
    expect(past(LIMITS.functionPolicy, [...sizes])).toEqual([]);
  });

  it.each([
    ['AWS::SQS::QueuePolicy', LIMITS.queuePolicy],
    ['AWS::SNS::TopicPolicy', LIMITS.topicPolicy],
    ['AWS::S3::BucketPolicy', LIMITS.bucketPolicy],
    ['AWS::Logs::ResourcePolicy', LIMITS.logPolicy],
  ])('hold for each %s', (type, limit) => {
    const sizes = all(type).map(([id, { PolicyDocument }]) => [id, deployedLength(PolicyDocument)] as const);
    expect(past(limit, sizes)).toEqual([]);
    for (const [, { PolicyDocument }] of type === 'AWS::SQS::QueuePolicy' ? all(type) : []) {
      const { Statement } = PolicyDocument as { Statement: { Resource: unknown }[] };
      expect(Statement.length).toBeLessThanOrEqual(20);
      // SQS refuses a statement of several queues.
      for (const { Resource: resource } of Statement) expect(Array.isArray(resource)).toBe(false);
    }
  });

  it('hold for rules, paths and machines', () => {
    const rules = all('AWS::Events::Rule');
    expect(rules.length).toBeLessThan(LIMITS.rulesOfBus / 10);
    const targets = rules.map(([id, { Targets }]) => [id, (Targets as unknown[]).length] as const);
    expect(past(LIMITS.targetsOfRule, targets)).toEqual([]);
    for (const [, { Body }] of all('AWS::ApiGateway::RestApi')) {
      const parts = Object.keys((Body as { paths: object }).paths).flatMap((path) =>
        path.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/')),
      );
      expect(new Set(parts).size).toBeLessThanOrEqual(LIMITS.pathsOfApi * USED);
    }
    const machines = all('AWS::StepFunctions::StateMachine').map(
      ([id, { DefinitionString }]) => [id, deployedLength(DefinitionString ?? '')] as const,
    );
    expect(past(LIMITS.machineDefinition, machines)).toEqual([]);
  });

  it('hold for alarms and the dashboard', () => {
    const alarms = all('AWS::CloudWatch::Alarm');
    for (const [id, { Metrics = [], AlarmActions = [], AlarmDescription }] of alarms) {
      const metrics = (Metrics as { MetricStat?: object }[]).filter(({ MetricStat }) => MetricStat);
      expect([id, metrics.length <= LIMITS.metricsOfAlarm]).toEqual([id, true]);
      expect((AlarmActions as unknown[]).length).toBeLessThanOrEqual(LIMITS.actionsOfAlarm);
      expect((AlarmDescription as string).length).toBeLessThanOrEqual(LIMITS.alarmDescription);
    }
    for (const [, { AlarmRule }] of all('AWS::CloudWatch::CompositeAlarm')) {
      expect(deployedLength(AlarmRule)).toBeLessThanOrEqual(LIMITS.alarmRule);
      expect(textOf(AlarmRule).split('ALARM(').length - 1).toBeLessThanOrEqual(LIMITS.childrenOfAlarm);
    }
    for (const [, { DashboardBody }] of all('AWS::CloudWatch::Dashboard'))
      expect(textOf(DashboardBody).split('\\"type\\":').length).toBeLessThanOrEqual(
        LIMITS.widgetsOfDashboard,
      );
  });
});

it('the page of quotas says what each stack takes: `npm run templates` writes it', () => {
  const page = readFileSync(QUOTAS_PAGE, 'utf8');
  expect(page).toBe(withSizes(page));
});
