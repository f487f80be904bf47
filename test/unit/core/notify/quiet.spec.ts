import { quietUntil } from '../../../../lib/core/notify/quiet';

const NIGHT = { timezone: 'Europe/Berlin', from: 22 * 60, to: 7 * 60, breaksThrough: 'critical' } as const;

describe('quiet hours', () => {
  it.each([
    ['before they begin', '2026-06-01T19:59:59Z', undefined],
    ['from their first minute', '2026-06-01T20:00:00Z', '2026-06-02T05:00:00Z'],
    ['after midnight', '2026-06-02T01:30:15Z', '2026-06-02T05:00:00Z'],
    ['at their end', '2026-06-02T05:00:00Z', undefined],
    ['in a night in which the clocks are set on', '2026-03-28T23:00:00Z', '2026-03-29T05:00:00Z'],
    ['in a night in which the clocks are set back', '2026-10-24T22:00:00Z', '2026-10-25T06:00:00Z'],
  ])('%s', (_, at, until) => {
    const end = quietUntil(NIGHT, Date.parse(at));
    expect(end).toBe(until === undefined ? undefined : Date.parse(until));
  });

  it('end where the clocks leap over their end, and when these show it first where they show it twice', () => {
    const untilHalfPastTwo = { ...NIGHT, to: 2 * 60 + 30 };
    const end = (at: string) => {
      const until = quietUntil(untilHalfPastTwo, Date.parse(at));
      return until === undefined ? undefined : new Date(until).toISOString();
    };
    expect(end('2026-03-28T23:30:20Z')).toBe('2026-03-29T01:00:00.000Z');
    expect(end('2026-03-29T01:00:00Z')).toBeUndefined();
    expect(end('2026-10-24T22:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
    expect(end('2026-10-25T01:15:00Z')).toBe('2026-10-25T01:30:00.000Z');
  });

  it('may lie within a day', () => {
    const lunch = { ...NIGHT, timezone: 'UTC', from: 12 * 60, to: 13 * 60 };
    expect(quietUntil(lunch, Date.parse('2026-06-01T12:15:00Z'))).toBe(Date.parse('2026-06-01T13:00:00Z'));
    expect(quietUntil(lunch, Date.parse('2026-06-01T13:00:00Z'))).toBeUndefined();
  });
});
