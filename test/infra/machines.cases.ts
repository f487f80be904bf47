import { Match } from 'aws-cdk-lib/assertions';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { ISSUER, SAMPLE, synthesise } from './support/synth';

interface MachineProperties {
  readonly StateMachineName: string;
  readonly DefinitionString: unknown;
  readonly LoggingConfiguration: { Level: string; IncludeExecutionData: boolean };
  readonly TracingConfiguration: { Enabled: boolean };
}

const TYPE = 'AWS::StepFunctions::StateMachine';

describe.each(ENVIRONMENT_NAMES)('state machines of %s', (name) => {
  const { ofType, environment, templates } = synthesise(name);
  const machines = Object.values(ofType(TYPE));
  const properties = machines.map(({ Properties }) => Properties as unknown as MachineProperties);
  const hashed = `reprise-${name}-${SAMPLE.hash.slice(0, 40)}`;

  it('are named by the content of their graph, nested ones by a suffix', () => {
    expect(properties.map(({ StateMachineName }) => StateMachineName).sort()).toEqual(
      [hashed, `${hashed}-part-1`, `${hashed}-part-2`, `reprise-${name}-graph-runner`].sort(),
    );
    for (const { StateMachineName } of properties) expect(StateMachineName.length).toBeLessThanOrEqual(80);
  });

  it('log without the data, which holds task tokens, and trace', () => {
    for (const { LoggingConfiguration, TracingConfiguration } of properties) {
      expect(LoggingConfiguration).toMatchObject({ Level: 'ERROR', IncludeExecutionData: false });
      expect(TracingConfiguration.Enabled).toBe(true);
    }
  });

  it('outlive their graph where data is retained, as deleting one ends its executions', () => {
    for (const { DeletionPolicy } of machines)
      expect(DeletionPolicy).toBe(environment.dataRetained ? 'RetainExceptOnCreate' : 'Delete');
  });

  it('have every placeholder of the compiler filled in', () => {
    for (const { DefinitionString } of properties)
      expect(JSON.stringify(DefinitionString)).not.toMatch(/\$\{/);
    const parent = properties.find(({ StateMachineName }) => StateMachineName === `${hashed}-part-1`);
    expect(JSON.stringify(parent?.DefinitionString)).toContain(`stateMachine:${hashed}-part-2`);
    const root = properties.find(({ StateMachineName }) => StateMachineName === hashed);
    expect(JSON.stringify(root?.DefinitionString)).toContain('{"Ref":"QueuesJobsQueue');
  });

  it('are known to the functions by their prefix', () => {
    templates.engine.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          MACHINE_ARN_PREFIX: {
            'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(`:stateMachine:reprise-${name}-$`)])],
          },
          GRAPH_RUNNER_ARN: { Ref: Match.stringLikeRegexp('graphrunner') },
        },
      },
    });
  });
});

describe('compact machines', () => {
  const { ofType, templates } = synthesise('dev', [SAMPLE], { ...ISSUER, machines: 'compact' });

  it('are the generic one alone, and functions neither make others nor start them', () => {
    const machines = Object.values(ofType(TYPE));
    expect(machines.map(({ Properties }) => Properties['StateMachineName'])).toEqual([
      'reprise-dev-graph-runner',
    ]);
    templates.engine.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { MACHINE_FORM: 'compact', MACHINE_BUDGET: '0' } },
    });
  });

  it('are no word of another form', () => {
    expect(() => synthesise('dev', [SAMPLE], { ...ISSUER, machines: 'small' })).toThrow(/machines\.form/);
  });
});

it('no graph to deploy leaves the generic machine', () => {
  const machines = Object.values(synthesise('dev', []).ofType(TYPE));
  expect(machines.map(({ Properties }) => Properties['StateMachineName'])).toEqual([
    'reprise-dev-graph-runner',
  ]);
});

describe('definitions that would fill the template of a stack, which ends at 1 MB', () => {
  const pad = { Type: 'Pass', Comment: 'x'.repeat(400_000), Next: 's' };
  const task = (StateMachineArn: string) => ({
    StartAt: 'pad',
    States: {
      pad,
      s: { Type: 'Task', Parameters: { StateMachineArn, QueueUrl: '${JobsQueueUrl}' }, End: true },
    },
  });
  const names = ['root', 'part-1', 'part-2', 'part-3'];
  const machines = names.map((name) => ({ name, definition: JSON.stringify(task('${machine:part-3}')) }));
  const { ofType, templates } = synthesise('dev', [{ source: 'large', hash: 'cd'.repeat(32), machines }]);

  it('lie beside it, with the addresses put in by name', () => {
    const large = Object.values(ofType(TYPE)).filter(
      ({ Properties }) => Properties['DefinitionS3Location'] !== undefined,
    );
    expect(large).toHaveLength(names.length);
    for (const { Properties } of large) {
      const { JobsQueueUrl, Machinepart3 } = Properties['DefinitionSubstitutions'] as Record<string, unknown>;
      expect(JSON.stringify(JobsQueueUrl)).toContain('QueuesJobsQueue');
      expect(JSON.stringify(Machinepart3)).toContain(`${'cd'.repeat(20)}-part-3`);
    }
    expect(JSON.stringify(templates.engine.toJSON()).length).toBeLessThan(1_000_000);
  });
});
