import { ENVIRONMENT_NAMES, loadEnvironment } from '../../lib/config/environments';
import { aliasIn, functionBehind, ISSUER, type Resource, synthesise } from './support/synth';

const SHIFTS: Readonly<Record<string, RegExp>> = {
  dev: /AllAtOnce$/,
  staging: /Linear10PercentEvery1Minute$/,
  prod: /Canary10Percent10Minutes$/,
};

interface Group {
  readonly DeploymentConfigName: string;
  readonly AlarmConfiguration?: { Enabled?: boolean; Alarms: { Name: { Ref: string } }[] };
  readonly AutoRollbackConfiguration: { Enabled: boolean; Events: string[] };
}

describe.each(ENVIRONMENT_NAMES.filter((name) => name !== 'local'))('new versions in %s', (name) => {
  const { ofType } = synthesise(name);
  const aliases = Object.entries(ofType('AWS::Lambda::Alias')) as [
    string,
    Resource & { UpdatePolicy?: object },
  ][];
  const groups = ofType('AWS::CodeDeploy::DeploymentGroup');
  const functions = Object.keys(ofType('AWS::Lambda::Function'));
  const propertiesOf = (id: string) => groups[id]?.Properties as unknown as Group;

  it('are behind the alias `live` of every function, which CodeDeploy moves', () => {
    expect(aliases.map(([id]) => functionBehind({ Ref: id }, ofType)).sort()).toEqual(functions.sort());
    for (const [, { Properties, UpdatePolicy }] of aliases) {
      expect(Properties['Name']).toBe('live');
      expect(Properties['FunctionVersion']).toEqual({
        'Fn::GetAtt': [expect.stringMatching(/CurrentVersion/), 'Version'],
      });
      expect(JSON.stringify(UpdatePolicy)).toContain('CodeDeployLambdaAliasUpdate');
    }
  });

  it('are what queues, streams, clocks and calls reach, and nothing reaches a function beside them', () => {
    const reached = [
      ...Object.values(ofType('AWS::Lambda::EventSourceMapping')).map(
        ({ Properties }) => Properties['FunctionName'],
      ),
      ...Object.values(ofType('AWS::Lambda::Permission')).map(({ Properties }) => Properties['FunctionName']),
      ...Object.values(ofType('AWS::Events::Rule'))
        .filter(({ Properties }) => Properties['ScheduleExpression'] !== undefined)
        .flatMap(({ Properties }) => (Properties['Targets'] as { Arn: unknown }[]).map(({ Arn }) => Arn)),
    ];
    expect(reached.filter((target) => aliasIn(target, ofType) === undefined)).toEqual([]);
    const integrations = ['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Integration'];
    for (const { Properties } of integrations.flatMap((type) => Object.values(ofType(type)))) {
      const text = JSON.stringify(Properties);
      expect(functions.filter((id) => text.includes(`"${id}"`))).toEqual([]);
    }
  });

  it('come as the environment says, and go when an alarm of the function or of the API is raised', () => {
    expect(Object.keys(groups)).toHaveLength(functions.length);
    for (const id of Object.keys(groups)) {
      const { DeploymentConfigName, AlarmConfiguration, AutoRollbackConfiguration } = propertiesOf(id);
      expect(DeploymentConfigName).toMatch(SHIFTS[name] as RegExp);
      expect(AutoRollbackConfiguration).toEqual({
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'],
      });
      const alarms = AlarmConfiguration?.Alarms.map(({ Name }) => Name.Ref) ?? [];
      expect(AlarmConfiguration?.Enabled).toBe(true);
      expect(alarms.length).toBeGreaterThan(0);
      expect(alarms.length).toBeLessThanOrEqual(10);
      const owner = id.replace(/Deployment[0-9A-F]{8}$/, '');
      const own = alarms.filter((alarm) => alarm.startsWith(owner));
      expect(own).toHaveLength(owner === 'Authorizer' ? 1 : 2);
    }
    expect(
      JSON.stringify(propertiesOf(Object.keys(groups).find((id) => id.startsWith('SubmitJob')) ?? '')),
    ).toContain('RestServerErrors');
  });
});

describe('how versions come', () => {
  const load = (context: Readonly<Record<string, string>>) =>
    loadEnvironment((key) => ({ ...ISSUER, ...context })[key]);

  it('may be said at a deployment, when something has to be everywhere at once', () => {
    expect(load({ env: 'prod', deployment: 'ALL_AT_ONCE' }).deployment).toBe('ALL_AT_ONCE');
    expect(() => load({ env: 'prod', deployment: 'SOMEHOW' })).toThrow(
      /deployment: .*CANARY_10PERCENT_5MINUTES/,
    );
  });

  it('are tried on a few calls where somebody would notice, and all at once where nobody does', () => {
    expect(ENVIRONMENT_NAMES.map((name) => [name, synthesise(name).environment.deployment])).toEqual([
      ['local', 'ALL_AT_ONCE'],
      ['dev', 'ALL_AT_ONCE'],
      ['staging', 'LINEAR_10PERCENT_EVERY_1MINUTE'],
      ['prod', 'CANARY_10PERCENT_10MINUTES'],
    ]);
  });
});
