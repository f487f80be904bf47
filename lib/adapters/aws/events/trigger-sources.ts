import {
  DeleteRuleCommand,
  type EventBridgeClient,
  ListRulesCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  type SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { RepriseError } from '../../../core/errors';
import { triggerAt } from '../../../core/messages/address';
import { TRIGGER_DELIVERY, TRIGGER_RULE_PREFIX } from '../../../core/messages/public-event';
import type { ScheduleSource, TriggerSource } from '../../../core/messages/trigger-definition';
import type { TriggerSources } from '../../../core/ports/effects';
import { isNamed, upstream } from '../aws-errors';
import type { TriggerInputBody } from '../queues/queue-messages';
import { schedulerExpressions } from './scheduler-cron';

export interface TriggerSourceSettings {
  readonly busName: string;
  /** The group that the schedules of this environment are in. */
  readonly scheduleGroup: string;
  /** What EventBridge Scheduler sends as. */
  readonly schedulerRoleArn: string;
  /** Where triggers hear of their clocks and events, and where what cannot be delivered goes. */
  readonly queueArn: string;
  readonly dlqArn: string;
}

const TARGET_ID = 'triggers';
const RetryPolicy = {
  MaximumEventAgeInSeconds: TRIGGER_DELIVERY.maxAgeSeconds,
  MaximumRetryAttempts: TRIGGER_DELIVERY.maxAttempts,
};

/**
 * Clocks of triggers as schedules of EventBridge Scheduler, and patterns as rules on the engine's bus. Both are named by
 * the trigger, so that making them again is no second one.
 */
export function createTriggerSources(
  clients: { readonly scheduler: SchedulerClient; readonly events: EventBridgeClient },
  settings: TriggerSourceSettings,
): TriggerSources {
  const schedules = schedulesOf(clients.scheduler, settings);
  const rules = rulesOf(clients.events, settings);
  return {
    async arm(triggerId, source: TriggerSource | undefined) {
      await schedules.set(triggerId, source?.kind === 'schedule' ? source : undefined);
      await rules.set(triggerId, source?.kind === 'event' ? source.pattern : undefined);
    },
  };
}

function schedulesOf(client: SchedulerClient, settings: TriggerSourceSettings) {
  const GroupName = settings.scheduleGroup;

  async function put(input: CreateScheduleCommandInput): Promise<void> {
    await upstream('EventBridge Scheduler', async () => {
      try {
        await client.send(new UpdateScheduleCommand(input));
      } catch (error) {
        if (!isNamed(error, 'ResourceNotFoundException')) throw error;
        await client.send(new CreateScheduleCommand(input));
      }
    });
  }

  async function remove(Name: string): Promise<void> {
    await upstream('EventBridge Scheduler', async () => {
      try {
        await client.send(new DeleteScheduleCommand({ Name, GroupName }));
      } catch (error) {
        if (!isNamed(error, 'ResourceNotFoundException')) throw error;
      }
    });
  }

  return {
    async set(triggerId: string, source: ScheduleSource | undefined): Promise<void> {
      const names = [triggerId, `${triggerId}-weekdays`];
      const expressions = source ? schedulerExpressions(source.cron) : [];
      for (const [i, Name] of names.entries()) {
        const ScheduleExpression = expressions[i];
        if (source && ScheduleExpression !== undefined) {
          await put({
            ...{ Name, GroupName, ScheduleExpression, ScheduleExpressionTimezone: source.timezone },
            FlexibleTimeWindow: { Mode: 'OFF' },
            Target: {
              Arn: settings.queueArn,
              RoleArn: settings.schedulerRoleArn,
              Input: JSON.stringify(tick(triggerId)),
              RetryPolicy,
              DeadLetterConfig: { Arn: settings.dlqArn },
            },
          });
        } else await remove(Name);
      }
    },
  };
}

/** What the queue gets when the clock strikes. Scheduler puts the time in; what is due the trigger knows itself. */
function tick(triggerId: string): TriggerInputBody {
  return {
    kind: 'input',
    to: triggerAt(triggerId),
    message: { type: 'due' },
    id: 'clock/<aws.scheduler.scheduled-time>',
    actor: { kind: 'timer', id: 'scheduler' },
  };
}

function rulesOf(client: EventBridgeClient, settings: TriggerSourceSettings) {
  const EventBusName = settings.busName;

  return {
    async set(triggerId: string, pattern: Readonly<Record<string, unknown>> | undefined): Promise<void> {
      const Name = `${TRIGGER_RULE_PREFIX}${triggerId}`;
      if (!pattern) return removeRule(client, EventBusName, Name);
      const EventPattern = JSON.stringify(pattern);
      const rule = new PutRuleCommand({ Name, EventBusName, EventPattern, State: 'ENABLED' });
      await upstream('EventBridge rule', () => client.send(rule));
      const target = {
        Id: TARGET_ID,
        Arn: settings.queueArn,
        InputTransformer: { InputTemplate: eventTemplate(triggerId) },
        RetryPolicy,
        DeadLetterConfig: { Arn: settings.dlqArn },
      };
      const targets = new PutTargetsCommand({ Rule: Name, EventBusName, Targets: [target] });
      const { FailedEntries } = await upstream('EventBridge rule', () => client.send(targets));
      const [failed] = FailedEntries ?? [];
      if (failed) {
        throw new RepriseError(
          'UPSTREAM_UNAVAILABLE',
          `EventBridge did not take the target of ${Name}: ${failed.ErrorCode} ${failed.ErrorMessage}`,
        );
      }
    },
  };
}

/** Removes a rule of a trigger; does nothing where there is none. A rule with a target cannot be deleted. */
async function removeRule(client: EventBridgeClient, EventBusName: string, Name: string): Promise<void> {
  await upstream('EventBridge rule', async () => {
    try {
      await client.send(new RemoveTargetsCommand({ Rule: Name, EventBusName, Ids: [TARGET_ID] }));
      await client.send(new DeleteRuleCommand({ Name, EventBusName }));
    } catch (error) {
      if (!isNamed(error, 'ResourceNotFoundException')) throw error;
    }
  });
}

/** Removes the rules of all triggers from a bus, which cannot be deleted while it has any. @returns how many. */
export async function removeRulesOfTriggers(
  client: EventBridgeClient,
  EventBusName: string,
): Promise<number> {
  let removed = 0;
  // From the first page again: those behind the ones that are gone move up.
  for (;;) {
    const command = new ListRulesCommand({ EventBusName, NamePrefix: TRIGGER_RULE_PREFIX });
    const { Rules = [] } = await upstream('EventBridge rules', () => client.send(command));
    if (Rules.length === 0) return removed;
    for (const { Name } of Rules) if (Name !== undefined) await removeRule(client, EventBusName, Name);
    removed += Rules.length;
  }
}

/** EventBridge puts the whole event in as it was received: the variable is no text, so it stands without quotes. */
function eventTemplate(triggerId: string): string {
  const actor = JSON.stringify({ kind: 'engine', id: 'event-bridge' });
  const message = '{"type":"event","event":<aws.events.event.json>}';
  return `{"kind":"input","to":${JSON.stringify(triggerAt(triggerId))},"actor":${actor},"message":${message}}`;
}
