import { type EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import {
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { TRIGGER_RULE_PREFIX } from '../../../core/messages/public-event';
import { isNamed, upstream } from '../aws-errors';
import { TIMER_PREFIX } from './one-time-schedules';

/** Rules and schedules of this environment, as they are and not as the journal says. */
export interface ClockRegister {
  /** Triggers that have a rule or a schedule. */
  readonly armed: () => Promise<readonly string[]>;
  /** Timers that were due before a time and did not delete themselves: some of them, where there are many. */
  readonly overdue: (before: number) => Promise<readonly OverdueTimer[]>;
  /** Does nothing where there is none. */
  readonly deleteTimer: (name: string) => Promise<void>;
}

export interface OverdueTimer {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
}

/** Timers that one call looks at: each is a call of its own. */
const LOOKED_AT = 200;

/** Of a trigger there are two schedules where one cannot say it. */
const SCHEDULE = /^([0-9a-f]{40})(?:-weekdays)?$/;

export function createClockRegister(
  clients: { readonly scheduler: SchedulerClient; readonly events: EventBridgeClient },
  { busName, scheduleGroup: GroupName }: { readonly busName: string; readonly scheduleGroup: string },
): ClockRegister {
  const { scheduler, events } = clients;

  async function* schedules(NamePrefix?: string): AsyncGenerator<{ name: string; madeAt: number }> {
    let NextToken: string | undefined;
    do {
      const command: ListSchedulesCommand = new ListSchedulesCommand({ GroupName, NamePrefix, NextToken });
      const page = await upstream('EventBridge Scheduler', () => scheduler.send(command));
      for (const { Name = '', CreationDate } of page.Schedules ?? [])
        yield { name: Name, madeAt: CreationDate?.getTime() ?? 0 };
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  }

  async function* rules(): AsyncGenerator<string> {
    let NextToken: string | undefined;
    do {
      const command: ListRulesCommand = new ListRulesCommand({
        EventBusName: busName,
        NamePrefix: TRIGGER_RULE_PREFIX,
        NextToken,
      });
      const page = await upstream('EventBridge rules', () => events.send(command));
      for (const { Name = '' } of page.Rules ?? []) yield Name.slice(TRIGGER_RULE_PREFIX.length);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  }

  /** When a schedule is due; undefined of one that is gone, or no timer. */
  async function dueAt(Name: string): Promise<number | undefined> {
    const command = new GetScheduleCommand({ Name, GroupName });
    try {
      const found = await upstream('EventBridge Scheduler', () => scheduler.send(command));
      const time = /^at\((.+)\)$/.exec(found.ScheduleExpression ?? '')?.[1];
      return time === undefined ? undefined : Date.parse(`${time}Z`);
    } catch (error) {
      if (isNamed(error, 'ResourceNotFoundException')) return undefined;
      throw error;
    }
  }

  return {
    async armed() {
      const ids = new Set<string>();
      for await (const id of rules()) ids.add(id);
      for await (const { name } of schedules()) {
        const id = SCHEDULE.exec(name)?.[1];
        if (id !== undefined) ids.add(id);
      }
      return [...ids];
    },
    async overdue(before) {
      const found: OverdueTimer[] = [];
      let looked = 0;
      for await (const { name, madeAt } of schedules(TIMER_PREFIX)) {
        if (madeAt >= before) continue;
        const at = await dueAt(name);
        if (at !== undefined && at < before) found.push({ name, dueAt: at });
        looked += 1;
        if (looked >= LOOKED_AT) break;
      }
      return found;
    },
    async deleteTimer(Name) {
      try {
        const command = new DeleteScheduleCommand({ Name, GroupName });
        await upstream('EventBridge Scheduler', () => scheduler.send(command));
      } catch (error) {
        if (!isNamed(error, 'ResourceNotFoundException')) throw error;
      }
    },
  };
}
