import fc from 'fast-check';
import { schedulerExpressions } from '../../../../../lib/adapters/aws/events/scheduler-cron';
import { nextTimes } from '../../../../../lib/core/trigger/cron';

describe('a cron expression for EventBridge Scheduler', () => {
  it.each([
    ['0 2 * * *', ['cron(0 2 ? * * *)']],
    ['30 2 * * 1-5', ['cron(30 2 ? * 2-6 *)']],
    ['*/15 9-17 * * *', ['cron(0,15,30,45 9-17 ? * * *)']],
    ['0 0 1,15 * *', ['cron(0 0 1,15 * ? *)']],
    ['0 9 * JAN-MAR SUN', ['cron(0 9 ? 1-3 1 *)']],
    ['0 0 1 * 1', ['cron(0 0 1 * ? *)', 'cron(0 0 ? * 2 *)']],
  ])('is %s as %j', (cron, expected) => {
    expect(schedulerExpressions(cron).map(normal)).toEqual(expected.map(normal));
  });

  it('strikes at the same times, whatever the expression', () => {
    fc.assert(
      fc.property(anyCron, fc.integer({ min: 0, max: 365 }), (cron, day) => {
        const from = Date.UTC(2026, 0, 1) + day * DAY;
        const wanted = nextTimes({ cron, timezone: 'UTC' }, from, 20).filter((at) => at < from + 14 * DAY);
        const expressions = schedulerExpressions(cron);
        for (const text of expressions) expect(text.length).toBeLessThanOrEqual(256);
        const struck = [...strikes(expressions, from)].slice(0, wanted.length);
        expect(struck).toEqual(wanted);
      }),
      { numRuns: 100 },
    );
  });
});

const DAY = 24 * 3_600_000;

/** The days that are any day may be written in either of the two fields. */
function normal(text: string): string {
  return text.replace(/^cron\((\S+) (\S+) \* (\S+) \? \*\)$/, 'cron($1 $2 ? $3 * *)');
}

/** A list of values, written as single ones, ranges and steps. */
function field(min: number, max: number) {
  const value = fc.integer({ min, max });
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc.tuple(range, fc.integer({ min: 1, max: 7 })).map(([text, by]) => `${text}/${by}`);
  const list = fc.array(fc.oneof(value.map(String), range, step), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant('*') },
    list.map((parts) => parts.join(',')),
  );
}

const anyCron = fc
  .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6))
  .map((parts) => parts.join(' '));

/** Minutes at which one of the expressions strikes, as the documentation of EventBridge Scheduler describes them. */
function* strikes(expressions: readonly string[], from: number): Generator<number> {
  const parsed = expressions.map((text) => text.slice('cron('.length, -1).split(' '));
  for (let at = from + 60_000 - (from % 60_000); at < from + 14 * DAY; at += 60_000) {
    const date = new Date(at);
    const values = [
      date.getUTCMinutes(),
      date.getUTCHours(),
      date.getUTCDate(),
      date.getUTCMonth() + 1,
      date.getUTCDay() + 1,
    ];
    if (parsed.some((fields) => values.every((value, i) => holds(fields[i] as string, value)))) yield at;
  }
}

function holds(text: string, value: number): boolean {
  if (text === '*' || text === '?') return true;
  return text.split(',').some((part) => {
    const [from, to = from] = part.split('-').map(Number) as [number, number?];
    return from <= value && value <= to;
  });
}
