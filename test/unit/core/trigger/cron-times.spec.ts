import fc from 'fast-check';
import { formatCron, lastTimes, nextTimes, parseCron } from '../../../../lib/core/trigger/cron';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = (text: string) => Date.parse(text);
const iso = (times: readonly number[]) => times.map((time) => new Date(time).toISOString().slice(0, 16));

/** Zones, and instants around which their clocks are changed. */
const CHANGES: [string, string][] = [
  ['UTC', '2026-02-28T12:00Z'],
  ['Asia/Kolkata', '2026-12-31T12:00Z'],
  ['Europe/Paris', '2026-03-29T01:00Z'],
  ['Europe/Paris', '2026-10-25T01:00Z'],
  ['America/New_York', '2026-03-08T07:00Z'],
  ['America/New_York', '2026-11-01T06:00Z'],
  ['America/St_Johns', '2026-03-08T05:30Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
  // Midnight itself is left out, or shown twice.
  ['Africa/Cairo', '2026-04-23T22:00Z'],
  ['Africa/Cairo', '2026-10-29T21:00Z'],
  ['America/Havana', '2026-11-01T05:00Z'],
];

const someCron = fc
  .record({
    minute: fc.constantFrom('0', '30', '*/15', '*', '5,29,45', '*/7'),
    hour: fc.constantFrom('0', '2', '1-3', '*', '23,0', '*/6', '0-22'),
    dayOfMonth: fc.constantFrom('*', '*', '*', '1', '8,24-29', '*/2'),
    dayOfWeek: fc.constantFrom('*', '*', '*', 'sun', 'mon-fri', '5,6'),
  })
  .map(({ minute, hour, dayOfMonth, dayOfWeek }) => `${minute} ${hour} ${dayOfMonth} * ${dayOfWeek}`);

const someCase = fc.record({
  cron: someCron,
  change: fc.constantFrom(...CHANGES),
  /** Of the window around the change. */
  hours: fc.tuple(fc.double({ min: 1, max: 50, noNaN: true }), fc.double({ min: 1, max: 50, noNaN: true })),
});

/** Every time of an expression after `from` and up to `to`, found by looking at the clock of the zone each minute. */
function byTheClock(cron: string, timezone: string, from: number, to: number): number[] {
  const fields = parseCron(cron);
  const parts = { weekday: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
  const clock = new Intl.DateTimeFormat('en-GB', { ...parts, timeZone: timezone, hourCycle: 'h23' });
  const shown = new Set<string>();
  const times: number[] = [];
  // From a day before, as what is shown twice comes once.
  for (let time = Math.ceil((from - 24 * HOUR) / MINUTE) * MINUTE; time <= to; time += MINUTE) {
    const text = clock.format(time);
    const [, weekday, day, hour, minute] = /^(\w+),? (\d+)\D+(\d+):(\d+)$/.exec(text) as unknown as string[];
    const isIn = (set: readonly number[] | undefined, value: number) =>
      set === undefined || set.includes(value);
    const { daysOfMonth, daysOfWeek } = fields;
    const ofMonth = isIn(daysOfMonth, Number(day));
    const ofWeek = isIn(daysOfWeek, 'Sun Mon Tue Wed Thu Fri Sat'.split(' ').indexOf(weekday as string));
    const isDay = daysOfMonth && daysOfWeek ? ofMonth || ofWeek : ofMonth && ofWeek;
    if (!isDay || !isIn(fields.hours, Number(hour)) || !isIn(fields.minutes, Number(minute))) continue;
    if (fields.hours !== undefined && shown.has(text)) continue;
    shown.add(text);
    if (time > from) times.push(time);
  }
  return times;
}

describe('the times of a schedule', () => {
  it('are those at which the clock of the zone shows them, over changes of the clocks', () => {
    fc.assert(
      fc.property(someCase, ({ cron, change: [timezone, instant], hours: [before, after] }) => {
        const [from, to] = [at(instant) - before * HOUR, at(instant) + after * HOUR];
        const expected = byTheClock(cron, timezone, from, to);
        const next = nextTimes({ cron, timezone }, from, expected.length + 1);
        expect(iso(next.slice(0, expected.length))).toEqual(iso(expected));
        expect(next.length).toBe(expected.length + 1);
        expect(next.at(-1)).toBeGreaterThan(to);
      }),
      { numRuns: 150 },
    );
  });

  it('are the same seen from behind, up to the number asked for', () => {
    const count = fc.integer({ min: 0, max: 120 });
    fc.assert(
      fc.property(someCase, count, ({ cron, change: [timezone, instant], hours: [before, after] }, n) => {
        const [from, to] = [at(instant) - before * HOUR, at(instant) + after * HOUR];
        const expected = byTheClock(cron, timezone, from, to);
        const last = lastTimes({ cron, timezone }, { after: from, until: to }, n);
        expect(iso(last)).toEqual(iso(expected.slice(Math.max(0, expected.length - n))));
      }),
      { numRuns: 150 },
    );
  });

  it('are those of the expression written out', () => {
    fc.assert(
      fc.property(someCron, fc.constantFrom(...CHANGES), (cron, [timezone, instant]) => {
        const writtenOut = { cron: formatCron(parseCron(cron)), timezone };
        expect(nextTimes(writtenOut, at(instant), 50)).toEqual(
          nextTimes({ cron, timezone }, at(instant), 50),
        );
      }),
    );
  });

  it('leave out what a change of the clocks leaves out, and come once when it is shown twice', () => {
    const nightly = { cron: '30 2 * * *', timezone: 'Europe/Paris' };
    const spring = ['2026-03-28T01:30', '2026-03-30T00:30'];
    expect(iso(nextTimes(nightly, at('2026-03-27T12:00Z'), 2))).toEqual(spring);
    const autumn = ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30'];
    const range = { after: at('2026-10-23T12:00Z'), until: at('2026-10-26T12:00Z') };
    expect(iso(nextTimes(nightly, range.after, 3))).toEqual(autumn);
    expect(iso(lastTimes(nightly, range, 10))).toEqual(autumn);
  });

  it('go on through the hour that is repeated where every hour goes', () => {
    const hourly = { cron: '30 * * * *', timezone: 'Europe/Paris' };
    const expected = ['2026-10-25T00:30', '2026-10-25T01:30', '2026-10-25T02:30'];
    expect(iso(nextTimes(hourly, at('2026-10-25T00:00Z'), 3))).toEqual(expected);
  });

  it('hold half an hour that is left out, and no more', () => {
    const cron = { cron: '*/15 2 * * *', timezone: 'Australia/Lord_Howe' };
    const expected = ['2026-10-03T15:30', '2026-10-03T15:45', '2026-10-04T15:00'];
    expect(iso(nextTimes(cron, at('2026-10-03T14:00Z'), 3))).toEqual(expected);
  });

  it('count a time that is now as the last one, and not as the next one', () => {
    const hourly = { cron: '0 * * * *', timezone: 'UTC' };
    const now = at('2026-06-01T12:00Z');
    expect(iso(nextTimes(hourly, now, 1))).toEqual(['2026-06-01T13:00']);
    expect(iso(lastTimes(hourly, { after: now - HOUR, until: now }, 5))).toEqual(['2026-06-01T12:00']);
    expect(lastTimes(hourly, { after: now, until: now }, 5)).toEqual([]);
    expect(lastTimes(hourly, { after: now, until: now - HOUR }, 5)).toEqual([]);
  });

  it('of a leap day come every four years, and over 2100 after eight', () => {
    const leap = { cron: '0 0 29 2 *', timezone: 'Asia/Kolkata' };
    expect(iso(nextTimes(leap, at('2026-01-01'), 2))).toEqual(['2028-02-28T18:30', '2032-02-28T18:30']);
    expect(iso(nextTimes(leap, at('2097-01-01'), 1))).toEqual(['2104-02-28T18:30']);
    expect(lastTimes(leap, { after: at('2026-01-01'), until: at('2028-02-01') }, 5)).toEqual([]);
  });

  it('pass over a year in which the day falls into a change of the clocks', () => {
    const cron = { cron: '30 2 29 3 *', timezone: 'Europe/Paris' };
    expect(iso(nextTimes(cron, at('2026-01-01'), 1))).toEqual(['2027-03-29T00:30']);
  });

  it('of a nightly job do not come where the clocks pass over midnight, and come once where they show it twice', () => {
    const nightly = { cron: '0 0 * * *', timezone: 'Africa/Cairo' };
    expect(iso(nextTimes(nightly, at('2026-04-22T12:00Z'), 2))).toEqual([
      '2026-04-22T22:00',
      '2026-04-24T21:00',
    ]);
    const havana = { cron: '0 0 * * *', timezone: 'America/Havana' };
    expect(iso(nextTimes(havana, at('2026-10-31T12:00Z'), 2))).toEqual([
      '2026-11-01T04:00',
      '2026-11-02T05:00',
    ]);
  });

  it('are found without asking the clocks of every minute, however rare or frequent they are', () => {
    const asked = jest.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts');
    const timezone = 'Europe/Paris';
    nextTimes({ cron: '0 0 29 2 *', timezone }, at('2097-01-01'), 1);
    // Two times a leap day, and the days on both ends.
    expect(asked.mock.calls.length).toBeLessThan(20);
    asked.mockClear();
    const day = { after: at('2026-10-24T12:00Z'), until: at('2026-10-25T12:00Z') };
    expect(lastTimes({ cron: '* * * * *', timezone }, day, 100)).toHaveLength(100);
    // Each minute of the two days next to a change of the clocks, by both clocks.
    expect(asked.mock.calls.length).toBeLessThan(2 * 2 * 24 * 60 + 20);
    asked.mockRestore();
  });
});
