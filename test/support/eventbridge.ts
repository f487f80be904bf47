import { randomUUID } from 'node:crypto';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateScheduleGroupCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { nextTimes } from '../../lib/core/trigger/cron';
import { createQueue, type TestCloud } from './ministack';

/** A bus and a group of schedules of their own in the local cloud, with a queue that both can send to. */
export async function createBus(cloud: TestCloud) {
  const scheduler = new SchedulerClient(cloud.config);
  const events = new EventBridgeClient(cloud.config);
  const [busName, scheduleGroup] = [`bus-${randomUUID()}`, `group-${randomUUID()}`];
  const { client: sqs, url } = await createQueue(cloud, 'standard');
  const attributes = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
  const queueArn = (await sqs.send(attributes)).Attributes?.['QueueArn'] as string;
  await events.send(new CreateEventBusCommand({ Name: busName }));
  await scheduler.send(new CreateScheduleGroupCommand({ Name: scheduleGroup }));
  return {
    ...{ scheduler, events, busName, scheduleGroup, queueArn },
    put: (source: string, detailType: string, detail: object) => {
      const Detail = JSON.stringify(detail);
      const entry = { EventBusName: busName, Source: source, DetailType: detailType, Detail };
      return events.send(new PutEventsCommand({ Entries: [entry] }));
    },
    /** Sends events of this pattern to the queue, as they stand on the bus. */
    async listen(pattern: object) {
      const rule = { Name: `listener-${randomUUID()}`, EventBusName: busName };
      await events.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify(pattern) }));
      const Targets = [{ Id: 'queue', Arn: queueArn }];
      await events.send(new PutTargetsCommand({ Rule: rule.Name, EventBusName: busName, Targets }));
    },
    received: () => receiveAll(sqs, url),
    strikes: (after: number, until: number) => strikesOf(scheduler, scheduleGroup, { after, until }),
  };
}

async function receiveAll(client: SQSClient, QueueUrl: string): Promise<unknown[]> {
  const bodies: unknown[] = [];
  for (;;) {
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (!Messages?.length) return bodies;
    for (const { Body, ReceiptHandle } of Messages) {
      bodies.push(JSON.parse(Body as string));
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

/**
 * What EventBridge Scheduler would send for a group of schedules, in the order of the times. The local cloud keeps
 * schedules and does not play them.
 */
async function strikesOf(
  client: SchedulerClient,
  GroupName: string,
  { after, until }: { readonly after: number; readonly until: number },
): Promise<{ at: number; body: unknown }[]> {
  const { Schedules } = await client.send(new ListSchedulesCommand({ GroupName }));
  const strikes: { at: number; body: unknown }[] = [];
  for (const { Name } of Schedules ?? []) {
    const schedule = await client.send(new GetScheduleCommand({ Name, GroupName }));
    const { ScheduleExpression = '', ScheduleExpressionTimezone: timezone = '', Target } = schedule;
    const cron = cronOf(ScheduleExpression);
    let [at] = nextTimes({ cron, timezone }, after, 1);
    for (; at !== undefined && at <= until; [at] = nextTimes({ cron, timezone }, at, 1)) {
      const time = new Date(at).toISOString();
      const input = `${Target?.Input}`.replaceAll('<aws.scheduler.scheduled-time>', time);
      strikes.push({ at, body: JSON.parse(input) });
    }
  }
  return strikes.sort((one, other) => one.at - other.at);
}

/** `cron(0 2 ? * 2-6 *)`, where Sunday is 1, as the five fields `0 2 * * 1-5`. */
function cronOf(expression: string): string {
  const fields = /^cron\((.*) \*\)$/.exec(expression)?.[1]?.split(' ');
  if (fields?.length !== 5) throw new Error(`not a schedule of every year: ${expression}`);
  const [minutes, hours, days, months, weekdays] = fields.map((field) => (field === '?' ? '*' : field));
  const fromZero = (weekdays as string).replace(/\d+/g, (day) => String(Number(day) - 1));
  return [minutes, hours, days, months, fromZero].join(' ');
}
