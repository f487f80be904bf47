import type { MissedPolicy, OverlapPolicy } from '../../../../lib/core/messages/trigger-definition';
import { CATCH_UP_MS, MAX_CATCH_UP, ON_TIME_MS } from '../../../../lib/core/trigger/decide';
import {
  HOUR,
  jobOf,
  MINUTE,
  NOON,
  onPush,
  schedule,
  TriggerDriver,
  told,
} from '../../../support/trigger-driver';

/** Hours of the day in question, UTC, as ids of firings. */
const hour = (h: number) => new Date(NOON + (h - 12) * HOUR).toISOString();
const hourly = (missed: MissedPolicy, overlap: OverlapPolicy = 'allow') =>
  TriggerDriver.of({ source: schedule({ missed }), overlap });

describe('a time that is due', () => {
  it('fires once, and is dealt with', () => {
    const trigger = hourly('skip');
    expect(trigger.dueAfter(HOUR)).toMatchObject([
      {
        type: 'trigger.fired',
        data: { firing: { id: hour(13), dueAt: NOON + HOUR }, jobId: jobOf(hour(13)) },
      },
    ]);
    expect(trigger.dueAfter(0)).toEqual([]);
    expect(trigger.dueAfter(MINUTE)).toEqual([]);
    expect(trigger.state.cursor).toBe(NOON + HOUR);
  });

  it('is none before its time, nor when the clock strikes for nothing', () => {
    expect(hourly('all').dueAfter(HOUR - 1)).toEqual([]);
    expect(TriggerDriver.of({ source: onPush }).dueAfter(HOUR)).toEqual([]);
  });

  it('fires with the time of the zone', () => {
    const source = schedule({ cron: '0 19 * * *', timezone: 'Asia/Kolkata' });
    expect(told(TriggerDriver.of({ source }).dueAfter(1.5 * HOUR))).toEqual([
      'fired 2026-06-01T13:30:00.000Z',
    ]);
  });

  it('fires once in a night whose hour is repeated', () => {
    const trigger = new TriggerDriver();
    trigger.now = Date.parse('2026-10-24T12:00Z');
    const source = schedule({ cron: '30 2 * * *', timezone: 'Europe/Paris', missed: 'all' });
    trigger.set({ source, overlap: 'allow' });
    expect(told(trigger.dueAfter(12.5 * HOUR))).toEqual(['fired 2026-10-25T00:30:00.000Z']);
    expect(trigger.dueAfter(HOUR)).toEqual([]);
  });

  it('gets the parameters of the trigger, with nothing where an event would be', () => {
    const trigger = TriggerDriver.of({ job: { parameters: { env: 'prod', commit: '$.detail.commit' } } });
    expect(trigger.dueAfter(HOUR)).toMatchObject([
      { data: { firing: { parameters: { env: 'prod', commit: '' } } } },
    ]);
  });
});

describe('times that were due while nobody could start a job', () => {
  const missedEvent = (count: number, from: number, to: number) => ({
    type: 'trigger.missed',
    data: { count, from: NOON + (from - 12) * HOUR, to: NOON + (to - 12) * HOUR },
  });

  it('are all missed with `skip`, unless the last one is not late', () => {
    const late = hourly('skip');
    expect(late.dueAfter(3 * HOUR + ON_TIME_MS + 1)).toEqual([missedEvent(3, 13, 15)]);
    expect(late.dueAfter(0)).toEqual([]);
    const onTime = hourly('skip');
    const events = onTime.dueAfter(3 * HOUR + ON_TIME_MS);
    expect(events[0]).toEqual(missedEvent(2, 13, 14));
    expect(told(events)).toEqual(['missed', `fired ${hour(15)}`]);
  });

  it('fire once with `latest`, however late', () => {
    const trigger = hourly('latest');
    const events = trigger.dueAfter(3 * HOUR + 59 * MINUTE);
    expect(events[0]).toEqual(missedEvent(2, 13, 14));
    expect(told(events)).toEqual(['missed', `fired ${hour(15)}`]);
    expect(trigger.dueAfter(0)).toEqual([]);
  });

  it('all fire with `all`, oldest first', () => {
    const fired = [13, 14, 15].map((h) => `fired ${hour(h)}`);
    expect(told(hourly('all').dueAfter(3 * HOUR))).toEqual(fired);
  });

  it('are made good for 24 hours, and before that are missed', () => {
    const trigger = hourly('all');
    const [missed, ...fired] = trigger.dueAfter(30 * HOUR);
    expect(missed).toEqual(missedEvent(5, 13, 17));
    expect(fired).toHaveLength(25);
    expect(told(fired)[0]).toBe(`fired ${hour(12 + 30 - 24)}`);
    expect(CATCH_UP_MS).toBe(24 * HOUR);
    const yearly = TriggerDriver.of({ source: schedule({ cron: '0 13 1 6 *' }) });
    expect(yearly.dueAfter(26 * HOUR)).toEqual([missedEvent(1, 13, 13)]);
  });

  it('are a hundred at most', () => {
    const source = schedule({ cron: '* * * * *', missed: 'all' });
    const trigger = TriggerDriver.of({ source, overlap: 'allow' });
    const fired = trigger.dueAfter(5 * HOUR);
    expect(fired).toHaveLength(MAX_CATCH_UP);
    expect(fired[0]).toMatchObject({ data: { firing: { dueAt: trigger.now - 99 * MINUTE } } });
    const latest = TriggerDriver.of({ source: schedule({ cron: '* * * * *' }) });
    expect(latest.dueAfter(5 * HOUR)[0]).toMatchObject({ type: 'trigger.missed', data: { count: 99 } });
  });
});

describe('several times that are due at once', () => {
  it('all start with `allow`', () => {
    const trigger = hourly('all', 'allow');
    trigger.dueAfter(3 * HOUR);
    expect(trigger.state.running).toEqual([13, 14, 15].map((h) => jobOf(hour(h))));
  });

  it('start the first with `skip`', () => {
    const skipped = [14, 15].map((h) => `skipped ${hour(h)}: overlap`);
    expect(told(hourly('all', 'skip').dueAfter(3 * HOUR))).toEqual([`fired ${hour(13)}`, ...skipped]);
  });

  it('start the first with `queue`, and the latest waits', () => {
    const trigger = hourly('all', 'queue');
    expect(told(trigger.dueAfter(4 * HOUR))).toEqual([
      `fired ${hour(13)}`,
      `queued ${hour(14)}`,
      `skipped ${hour(14)}: superseded`,
      `queued ${hour(15)}`,
      `skipped ${hour(15)}: superseded`,
      `queued ${hour(16)}`,
    ]);
    expect(told(trigger.end(hour(13)))).toEqual(['jobEnded', `fired ${hour(16)}`]);
  });

  it('start the latest with `cancel`, in the place of what runs', () => {
    const trigger = hourly('all', 'cancel');
    trigger.fire('1');
    const events = trigger.dueAfter(2 * HOUR);
    expect(told(events)).toEqual([`skipped ${hour(13)}: superseded`, `fired ${hour(14)}`]);
    expect(events[1]).toMatchObject({ data: { cancels: [jobOf('manual/1')] } });
    expect(trigger.dueAfter(HOUR)[0]).toMatchObject({
      data: { cancels: [jobOf('manual/1'), jobOf(hour(14))] },
    });
  });

  it('start none while one runs with `skip`, and none is due again', () => {
    const trigger = hourly('latest', 'skip');
    trigger.fire('1');
    expect(told(trigger.dueAfter(2 * HOUR))).toEqual(['missed', `skipped ${hour(14)}: overlap`]);
    trigger.end('manual/1');
    expect(trigger.dueAfter(0)).toEqual([]);
  });
});
