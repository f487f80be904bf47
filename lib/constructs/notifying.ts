import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { type NotificationsInput, secretsOf, sendersOf } from '../core/notify/rules';
import { queueConsumer } from './engine-consumers';
import type { FunctionSetting } from './engine-function';
import type { EngineParts } from './function-variables';
import { grantBucket, grantTable, grantTargets } from './permissions';
import type { ConsumedQueue } from './queue-with-dlq';

export interface NotifyingProps {
  readonly parts: EngineParts;
  readonly setting: FunctionSetting;
  readonly rules: NotificationsInput;
  /** What the bus hands to whoever notifies. */
  readonly notifications: ConsumedQueue;
}

/** A call of a receiver, and what there is to read before it. */
const DELIVER_SECONDS = 25;

/** Who finds out whom to tell of an event, who decides of targets, and who delivers. */
export class Notifying extends Construct {
  readonly parameter: StringParameter;

  constructor(scope: Construct, id: string, { parts, setting, rules, notifications }: NotifyingProps) {
    super(scope, id);
    this.parameter = new StringParameter(this, 'Rules', {
      description: 'Targets and rules of notifications',
      stringValue: JSON.stringify(rules),
      tier: ParameterTier.INTELLIGENT_TIERING,
    });
    const { targets, deliveries } = parts.queues;
    const loop = { ...setting, isInLoop: true };
    const notices = queueConsumer(this, 'Notices', notifications, { ...setting, name: 'notices' });
    const inputs = queueConsumer(this, 'Inputs', targets, { ...loop, name: 'target-inputs' });
    const deliver = queueConsumer(this, 'Deliver', deliveries, {
      ...{ ...loop, name: 'deliver', timeoutSeconds: DELIVER_SECONDS },
      // A receiver may take as long as a call may.
      batchSize: 1,
    });
    deliver.addEnvironment('RECEIVER_CIDRS', setting.environment.receivers.httpCidrs.join(','));
    grantTargets(inputs, parts);
    for (const fn of [notices, deliver]) {
      grantTable(fn, parts, 'read');
      grantBucket(fn, parts, 'read');
      targets.queue.grantSendMessages(fn);
      this.grantRules(fn);
    }
    grantSecrets(deliver, secretsOf(rules));
    grantMail(deliver, sendersOf(rules));
  }

  grantRules(fn: LambdaFunction): void {
    this.parameter.grantRead(fn);
    fn.addEnvironment('NOTIFICATIONS_ARN', this.parameter.parameterArn);
  }
}

/** The secrets that the rules name, and no others. */
function grantSecrets(fn: LambdaFunction, arns: readonly string[]): void {
  const of = (service: string) => arns.filter((arn) => arn.split(':')[2] === service);
  const grants = [
    // What stands behind the name says which member and version of it.
    [
      'secretsmanager:GetSecretValue',
      of('secretsmanager').map((arn) => arn.split(':').slice(0, 7).join(':')),
    ],
    ['ssm:GetParameter', of('ssm')],
  ] as const;
  for (const [action, resources] of grants)
    if (resources.length > 0)
      fn.addToRolePolicy(new PolicyStatement({ actions: [action], resources: [...new Set(resources)] }));
}

/** Mail of the senders that the rules name: SES checks the address or its domain, whichever is verified. */
function grantMail(fn: LambdaFunction, senders: readonly string[]): void {
  if (senders.length === 0) return;
  const identities = senders.flatMap((address) => [address, address.split('@')[1] ?? address]);
  const arnOf = (resourceName: string) =>
    Stack.of(fn).formatArn({
      ...{ service: 'ses', resource: 'identity', resourceName },
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  const resources = [...new Set(identities)].map(arnOf);
  fn.addToRolePolicy(new PolicyStatement({ actions: ['ses:SendEmail'], resources }));
}
