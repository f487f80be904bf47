import { Match } from 'aws-cdk-lib/assertions';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { WORKFLOW_LOST } from '../../lib/core/messages/public-event';
import { synthesise } from './support/synth';

describe.each(ENVIRONMENT_NAMES)('executions of %s that end by themselves', (name) => {
  const { templates, environment, ofType } = synthesise(name);
  const isWatch = ([id]: [string, unknown]) => id.includes('WorkflowWatchEnded');

  it('are heard of on the bus of the account, those of this environment and none that ends well', () => {
    templates.engine.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: Match.absent(),
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
          stateMachineArn: [
            { prefix: { 'Fn::Join': ['', Match.arrayWith([`:stateMachine:reprise-${name}-`])] } },
          ],
        },
      },
      Targets: [
        Match.objectLike({
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^QueuesTriggersQueue'), 'Arn'] },
          DeadLetterConfig: {
            Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^QueuesTriggersDlqQueue'), 'Arn'] },
          },
          InputTransformer: { InputTemplate: '{"kind":"workflow","event":<aws.events.event.json>}' },
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        }),
      ],
    });
  });

  it('may be put into the queue of triggers and its DLQ by that rule', () => {
    const [rule] = Object.entries(ofType('AWS::Events::Rule')).find(isWatch) ?? [''];
    const policies = Object.values(ofType('AWS::SQS::QueuePolicy')).map((policy) => JSON.stringify(policy));
    const allowing = policies.filter((text) =>
      text.includes(`{"ArnEquals":{"aws:SourceArn":{"Fn::GetAtt":["${rule}","Arn"]}}}`),
    );
    expect(allowing).toHaveLength(2);
    for (const text of allowing) expect(text).toContain('QueuesTriggers');
  });

  it('raise an alarm where their job runs, in every environment with alarms', () => {
    const filters = Object.values(ofType('AWS::Logs::MetricFilter'));
    expect(filters).toHaveLength(environment.alarms ? 1 : 0);
    if (!environment.alarms) return;
    templates.engine.hasResourceProperties('AWS::Logs::MetricFilter', {
      FilterPattern: `{ $.message = "${WORKFLOW_LOST}" }`,
      LogGroupName: { Ref: Match.stringLikeRegexp('^FunctionsTriggersLog') },
      MetricTransformations: [
        { MetricName: 'WorkflowsLost', MetricNamespace: `Reprise/${name}`, MetricValue: '1' },
      ],
    });
    templates.engine.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'WorkflowsLost',
      Namespace: `Reprise/${name}`,
      Statistic: 'Sum',
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [Match.anyValue()],
    });
  });
});
