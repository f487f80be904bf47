import { Match } from 'aws-cdk-lib/assertions';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { statementsByRole } from './support/policies';
import { synthesise } from './support/synth';

describe.each(ENVIRONMENT_NAMES)('triggers of %s', (name) => {
  const { templates, ofType } = synthesise(name);

  it('have a group for their schedules', () => {
    templates.engine.hasResourceProperties('AWS::Scheduler::ScheduleGroup', { Name: `reprise-${name}` });
  });

  it('send as a role that only schedules of that group may take, and to the queues of triggers and timers only', () => {
    const [id] = Object.entries(ofType('AWS::IAM::Role')).find(([, { Properties }]) =>
      JSON.stringify(Properties['AssumeRolePolicyDocument']).includes('scheduler.amazonaws.com'),
    ) as [string, unknown];
    templates.engine.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'scheduler.amazonaws.com' },
            Condition: {
              StringEquals: {
                'aws:SourceAccount': { Ref: 'AWS::AccountId' },
                'aws:SourceArn': {
                  'Fn::Join': ['', Match.arrayWith([`:schedule-group/reprise-${name}`])],
                },
              },
            },
          },
        ],
      },
    });
    const statements = statementsByRole(ofType).get(id) ?? [];
    for (const { Action } of statements) expect(Action).toContain('sqs:SendMessage');
    const resources = statements.flatMap(({ Resource }) => Resource).map((arn) => JSON.stringify(arn));
    expect(resources.sort()).toEqual([
      expect.stringContaining('QueuesTimersDlq'),
      expect.stringContaining('QueuesTimersQueue'),
      expect.stringContaining('QueuesTriggersDlq'),
      expect.stringContaining('QueuesTriggersQueue'),
    ]);
  });

  it('hear of requests for jobs on the bus, whole and for a day', () => {
    templates.engine.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { 'detail-type': ['orchestration.job.requested'] },
      Targets: [
        Match.objectLike({
          InputTransformer: { InputTemplate: '{"kind":"request","event":<aws.events.event.json>}' },
          DeadLetterConfig: { Arn: Match.anyValue() },
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        }),
      ],
    });
  });

  it('let rules of the bus of this environment, and no others, send to their queues', () => {
    const policies = Object.values(ofType('AWS::SQS::QueuePolicy')).filter(({ Properties }) =>
      /"QueuesTriggers(Queue|Dlq)/.test(JSON.stringify(Properties['Queues'])),
    );
    expect(policies).toHaveLength(2);
    for (const { Properties } of policies) {
      const { Statement } = Properties['PolicyDocument'] as {
        Statement: { Principal: { Service?: string }; Action: string; Condition: object }[];
      };
      const ofEvents = Statement.filter(({ Principal }) => Principal.Service === 'events.amazonaws.com');
      // The other one says how executions ended: workflow-watch.spec.ts.
      const ofTriggers = ofEvents.filter(
        ({ Condition }) => !JSON.stringify(Condition).includes('WorkflowWatch'),
      );
      expect(ofTriggers).toHaveLength(1);
      expect(ofTriggers[0]?.Action).toBe('sqs:SendMessage');
      expect(JSON.stringify(ofTriggers[0]?.Condition)).toContain(`rule/reprise-${name}/*`);
    }
  });
});
