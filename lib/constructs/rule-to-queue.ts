import type { IRuleTarget, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { type Conditions, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { TRIGGER_DELIVERY } from '../core/messages/public-event';
import type { QueueWithDlq } from './queue-with-dlq';

/** A queue as a target that gets the whole event in the shape of its messages. */
export function wholeEventTo(
  { queue, dlq }: QueueWithDlq,
  kind: 'request' | 'workflow' | 'ended',
): IRuleTarget {
  const input = { bind: () => ({ inputTemplate: `{"kind":"${kind}","event":<aws.events.event.json>}` }) };
  return {
    bind: () => ({
      arn: queue.queueArn,
      input: input as unknown as RuleTargetInput,
      deadLetterConfig: { arn: dlq.queueArn },
      retryPolicy: {
        maximumRetryAttempts: TRIGGER_DELIVERY.maxAttempts,
        maximumEventAgeInSeconds: TRIGGER_DELIVERY.maxAgeSeconds,
      },
    }),
  };
}

/** Lets rules send to a queue, and what they cannot deliver to its DLQ. */
export function letRulesSend({ queue, dlq }: QueueWithDlq, conditions: Conditions): void {
  for (const target of [queue, dlq]) {
    target.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [target.queueArn],
        conditions,
      }),
    );
  }
}
