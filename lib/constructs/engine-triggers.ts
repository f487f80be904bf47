import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { JOB_REQUESTED, TRIGGER_RULE_PREFIX } from '../core/messages/public-event';
import { acknowledge, acknowledgeWildcards } from './acknowledge';
import { engineBusName } from './engine-bus';
import { InlineRole } from './inline-role';
import type { QueueWithDlq } from './queue-with-dlq';
import { letRulesSend, wholeEventTo } from './rule-to-queue';

export interface EngineTriggersProps {
  readonly bus: EventBus;
  /** Where triggers hear of their clocks and events. */
  readonly queue: QueueWithDlq;
  /** Where timers that are due later than SQS can delay come from their schedules. */
  readonly timers: QueueWithDlq;
  readonly environmentName: string;
}

/**
 * What triggers and timers are woken by: a group for the schedules that the engine makes, with the role that they send
 * as; rules, which the engine makes too, on its bus; and the one rule that takes requests for jobs from there.
 */
export class EngineTriggers extends Construct {
  readonly scheduleGroup: string;
  readonly schedulerRole: Role;
  readonly #schedules: string;
  readonly #rules: string;

  constructor(scope: Construct, id: string, { bus, queue, timers, environmentName }: EngineTriggersProps) {
    super(scope, id);
    const { account } = Stack.of(this);
    // Spelled out: another stack would read the bus's own name through an export.
    const busName = engineBusName(environmentName);
    this.scheduleGroup = `reprise-${environmentName}`;
    new CfnScheduleGroup(this, 'Schedules', { name: this.scheduleGroup });
    this.#schedules = this.#arn('scheduler', 'schedule', `${this.scheduleGroup}/*`);
    this.#rules = this.#arn('events', 'rule', `${busName}/${TRIGGER_RULE_PREFIX}*`);
    this.schedulerRole = new InlineRole(this, 'SchedulerRole', {
      description: 'What the schedules of triggers and timers send as',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        // Nobody else's schedules may send as it.
        conditions: {
          StringEquals: {
            'aws:SourceAccount': account,
            'aws:SourceArn': this.#arn('scheduler', 'schedule-group', this.scheduleGroup),
          },
        },
      }),
    });
    for (const each of [queue, timers]) {
      each.queue.grantSendMessages(this.schedulerRole);
      each.dlq.grantSendMessages(this.schedulerRole);
    }
    letRulesSend(queue, { ArnLike: { 'aws:SourceArn': this.#arn('events', 'rule', `${busName}/*`) } });
    new Rule(this, 'JobRequested', {
      eventBus: bus,
      description: 'Requests for jobs, to whoever submits them',
      eventPattern: { detailType: [JOB_REQUESTED] },
      targets: [wholeEventTo(queue, 'request')],
    });
  }

  /** Makes and removes the clocks and rules of triggers, which send as the schedules' role and as no other. */
  grantArm(fn: LambdaFunction): void {
    this.#grantSchedules(fn, ['CreateSchedule', 'DeleteSchedule', 'UpdateSchedule']);
    this.#grantRules(fn, ['DeleteRule', 'PutRule', 'PutTargets', 'RemoveTargets']);
  }

  /** Finds clocks, rules and timers that are left over, and removes timers. */
  grantFind(fn: LambdaFunction): void {
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['scheduler:GetSchedule'], resources: [this.#schedules] }),
    );
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['events:ListRules', 'scheduler:ListSchedules'], resources: ['*'] }),
    );
    acknowledge(
      fn,
      ['IAM5[Resource::*]'],
      'X-Ray has no resources to name, nor have events:ListRules and scheduler:ListSchedules, which read names.',
    );
  }

  /** Removes the rules of all triggers. */
  grantDisarm(fn: LambdaFunction): void {
    this.#grantRules(fn, ['DeleteRule', 'RemoveTargets']);
  }

  /** Makes the schedules of timers, which delete themselves. */
  grantTimers(fn: LambdaFunction): void {
    this.#grantSchedules(fn, ['CreateSchedule']);
  }

  #grantSchedules(fn: LambdaFunction, actions: readonly string[]): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: actions.map((name) => `scheduler:${name}`),
        resources: [this.#schedules],
      }),
    );
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [this.schedulerRole.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      }),
    );
    acknowledgeWildcards(
      fn,
      [this.#schedules],
      'Schedules are named by their trigger or timer, unknown before: the group is the narrowest name.',
    );
  }

  #grantRules(fn: LambdaFunction, actions: readonly string[]): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: actions.map((name) => `events:${name}`),
        resources: [this.#rules],
      }),
    );
    acknowledgeWildcards(
      fn,
      [this.#rules],
      'Rules are named by their trigger, unknown before: the prefix is the narrowest name.',
    );
  }

  #arn(service: string, resource: string, resourceName: string): string {
    const arnFormat = ArnFormat.SLASH_RESOURCE_NAME;
    return Stack.of(this).formatArn({ service, resource, resourceName, arnFormat });
  }
}
