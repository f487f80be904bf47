import fc from 'fast-check';
import { formatCron, parseCron } from '../../../../lib/core/trigger/cron';
import { isTimeZone } from '../../../../lib/core/trigger/time-zone';
import { ZONE_LINKS } from '../../../../lib/core/trigger/zone-links';

const written = (text: string) => formatCron(parseCron(text));

describe('a cron expression', () => {
  it.each([
    ['30 2 * * *', '30 2 * * *'],
    ['  0   0 1 1 *  ', '0 0 1 1 *'],
    ['0,30,15 * * * *', '0,15,30 * * * *'],
    ['0-4 9-11 * * *', '0,1,2,3,4 9,10,11 * * *'],
    ['*/20 */8 */10 */6 *', '0,20,40 0,8,16 1,11,21,31 1,7 *'],
    ['10-20/5,50 * * * *', '10,15,20,50 * * * *'],
    ['50/4 * * * *', '50,54,58 * * * *'],
    [
      '0-30,15 * * * 1,1',
      '0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30 * * * 1',
    ],
    ['0 0 * feb-apr,DEC *', '0 0 * 2,3,4,12 *'],
    ['0 0 * * Mon-fri', '0 0 * * 1,2,3,4,5'],
    ['0 0 * * 7', '0 0 * * 0'],
    ['0 0 * * 5-7', '0 0 * * 0,5,6'],
    ['0 0 * * fri-sun', '0 0 * * 0,5,6'],
    ['0-59 0-23 * 1-12 mon-sun', '* * * * *'],
    ['*/1 * * * *', '* * * * *'],
    ['*/61 007 * * *', '0 7 * * *'],
    ['0 0 29 2 *', '0 0 29 2 *'],
    ['0 0 1,15 * 1', '0 0 1,15 * 1'],
    ['0 0 30 2 mon', '0 0 30 2 1'],
  ])('%s means %s', (text, canonical) => {
    expect(written(text)).toBe(canonical);
  });

  it('comes every day when one of two days given is all of them', () => {
    expect(written('0 0 1-31 * 1')).toBe('0 0 * * *');
    expect(written('0 0 1 * 0-6')).toBe('0 0 * * *');
    expect(written('0 0 */1 * 1')).toBe('0 0 * * 1');
  });

  it.each([
    ['0 0 30 2 * *', 'has 6 fields: write five (minute, hour, day of month, month, day of week)'],
    ['', 'has 0 fields: write five'],
    ['@daily', 'has 1 field: write five'],
    ['0 0 L * *', 'day of month "L": write 1 to 31'],
    ['0 0 15W * *', 'day of month "15W": write numbers, *, lists, ranges and steps, such as 1, 1-31 or */2'],
    ['0 0 * * 5#3', 'day of week "5#3": write numbers or names, *, lists'],
    ['0 0 ? * 1', 'day of month "?": write numbers'],
    ['H * * * *', 'minute "H": write 0 to 59'],
    ['0 mon * * *', 'hour "mon": write 0 to 23'],
    ['0 0 * mon *', 'month "mon": write 1 to 12, or jan, feb, mar'],
    ['0 0 * * jan', 'day of week "jan": write 0 to 7, or sun, mon'],
    ['0 0 * * monday', 'day of week "monday": write 0 to 7'],
    ['0 0 1 jan2 *', 'month "jan2": write numbers or names'],
    ['60 * * * *', 'minute "60": write 0 to 59'],
    ['0 24 * * *', 'hour "24": write 0 to 23'],
    ['0 0 0 * *', 'day of month "0": write 1 to 31'],
    ['0 0 * 13 *', 'month "13": write 1 to 12'],
    ['0 0 * * 8', 'day of week "8": write 0 to 7'],
    ['*/0 * * * *', 'minute "*/0": write a step of 1 or more'],
    ['0 22-2 * * *', 'hour "22-2": a range goes upwards: write 22-23,0-2'],
    ['1,,2 * * * *', 'minute "1,,2": write numbers'],
    ['1- * * * *', 'minute "1-": write numbers'],
    ['-5 * * * *', 'minute "-5": write numbers'],
    ['1.5 * * * *', 'minute "1.5": write numbers'],
    ['0 0 30 2 *', 'never comes: no month of it has a day 30, write 29 or less'],
    ['0 0 31 4,feb *', 'never comes: no month of it has a day 31, write 30 or less'],
  ])('%j is refused, and the message says what to write', (text, message) => {
    const error = thrown(() => parseCron(text));
    expect(error).toMatchObject({ code: 'TRIGGER_INVALID', problems: [{ path: 'on.schedule.cron' }] });
    expect(error.message).toContain(`on.schedule.cron: ${message}`);
  });
});

/** A field as it is written, and the values it stands for. */
const field = (first: number, last: number) => {
  const value = fc.integer({ min: first, max: last });
  const item = fc
    .record({ ends: fc.tuple(value, value), step: fc.integer({ min: 1, max: last }), shape: fc.nat(4) })
    .map(({ ends, step, shape }) => {
      const [from, to] = ends[0] < ends[1] ? ends : [ends[1], ends[0]];
      const every = (a: number, b: number, by: number) =>
        Array.from({ length: last + 1 }, (_, i) => i).filter((i) => i >= a && i <= b && (i - a) % by === 0);
      const shapes: [string, number[]][] = [
        [`${from}`, [from]],
        [`${from}-${to}`, every(from, to, 1)],
        [`${from}-${to}/${step}`, every(from, to, step)],
        [`${from}/${step}`, every(from, last, step)],
        [`*/${step}`, every(first, last, step)],
      ];
      return shapes[shape] as [string, number[]];
    });
  return fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => {
    const values = [...new Set(items.flatMap(([, set]) => set))].sort((a, b) => a - b);
    return {
      text: items.map(([text]) => text).join(','),
      values: values.length > last - first ? undefined : values,
    };
  });
};

describe('any cron expression', () => {
  it('means what its fields say, and written out it means the same', () => {
    fc.assert(
      fc.property(field(0, 59), field(0, 23), field(1, 12), field(0, 6), (minute, hour, month, weekday) => {
        const text = `${minute.text} ${hour.text} * ${month.text} ${weekday.text}`;
        const parsed = parseCron(text);
        expect(parsed).toEqual({
          minutes: minute.values,
          hours: hour.values,
          daysOfMonth: undefined,
          months: month.values,
          daysOfWeek: weekday.values,
        });
        expect(parseCron(formatCron(parsed))).toEqual(parsed);
      }),
      { numRuns: 300 },
    );
  });

  it('written out means the same with both days', () => {
    fc.assert(
      fc.property(field(1, 31), field(0, 6), (day, weekday) => {
        const parsed = parseCron(`0 0 ${day.text} * ${weekday.text}`);
        expect(parseCron(formatCron(parsed))).toEqual(parsed);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a time zone', () => {
  it.each([
    'UTC',
    'GMT',
    'Europe/Paris',
    'Asia/Kolkata',
    'Etc/GMT+5',
    'America/Port-au-Prince',
    'US/Eastern',
    'Asia/Calcutta',
    'Europe/Kyiv',
    'Europe/Kiev',
    'Etc/GMT+5',
    'EST5EDT',
    'GB',
  ])('%s is one', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each([
    '',
    'Mars/Base',
    '+02:00',
    'europe/paris',
    'EUROPE/PARIS',
    'asia/kolkata',
    'utc',
    'Europe/Paris ',
    'ASIA/KOLKATA',
    'US/EASTERN',
    // Names of ICU.
    ...'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST'.split(
      ' ',
    ),
    'SystemV/AST4',
    'US/Pacific-New',
    'Etc/Unknown',
    'GMT+02:00',
  ])('%j is none, in this spelling', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});

it('every name that stands for another zone is a zone', () => {
  expect([...ZONE_LINKS].filter((name) => !isTimeZone(name))).toEqual([]);
  expect(Intl.supportedValuesOf('timeZone').filter((name) => !isTimeZone(name))).toEqual([]);
});

function thrown(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
