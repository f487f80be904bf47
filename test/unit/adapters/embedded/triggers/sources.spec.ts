import { createTriggerSources } from '../../../../../lib/adapters/embedded/triggers/sources';
import { createVirtualTime } from '../../../../../lib/adapters/memory/virtual-time';

const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);
const nightly = { kind: 'schedule', cron: '30 2 * * *', timezone: 'UTC', missed: 'latest' } as const;
const push = { kind: 'event' as const, pattern: { source: ['git'], detail: { branch: ['main'] } } };

function clockwork(start: string) {
  const time = createVirtualTime(at(start));
  const struck: string[] = [];
  const sources = createTriggerSources({
    clock: time.now,
    setTimer: time.setTimer,
    due: (triggerId, due) =>
      struck.push(`${triggerId} ${new Date(due).toISOString()} at ${new Date(time.now()).toISOString()}`),
  });
  return { time, struck, sources };
}

describe('the clock of a trigger', () => {
  it('strikes at the times of its schedule, to the millisecond, one after the other', async () => {
    const { time, struck, sources } = clockwork('2026-03-02T00:00:00Z');
    await sources.arm('t', nightly);
    await time.advance(48 * HOUR);
    expect(struck).toEqual([
      't 2026-03-02T02:30:00.000Z at 2026-03-02T02:30:00.000Z',
      't 2026-03-03T02:30:00.000Z at 2026-03-03T02:30:00.000Z',
    ]);
  });

  it('sleeps an hour at most, however far off the next time is', async () => {
    const { time, struck, sources } = clockwork('2026-03-02T00:00:00Z');
    await sources.arm('t', { ...nightly, cron: '0 0 1 1 *' });
    await time.advance(90 * 24 * HOUR);
    expect(struck).toEqual([]);
    expect(Math.max(...time.delays())).toBe(HOUR);
    expect(time.delays()).toHaveLength(90 * 24 + 1);
  });

  it('waits on when the clock of the wall was set back', async () => {
    const { time, struck, sources } = clockwork('2026-03-02T02:00:00Z');
    await sources.arm('t', nightly);
    time.setBack(2 * HOUR);
    await time.advance(2 * HOUR);
    expect(struck).toEqual([]);
    await time.advance(HOUR);
    expect(struck).toEqual(['t 2026-03-02T02:30:00.000Z at 2026-03-02T02:30:00.000Z']);
  });

  it('notices within an hour that the clock was set forward, and strikes once for all it passed', async () => {
    const { time, struck, sources } = clockwork('2026-03-02T00:00:00Z');
    await sources.arm('t', nightly);
    time.setBack(-50 * HOUR);
    await time.advance(HOUR);
    expect(struck).toEqual(['t 2026-03-02T02:30:00.000Z at 2026-03-04T03:00:00.000Z']);
    await time.advance(24 * HOUR);
    expect(struck[1]).toBe('t 2026-03-05T02:30:00.000Z at 2026-03-05T02:30:00.000Z');
  });

  it('stops with its process', async () => {
    const { time, struck, sources } = clockwork('2026-03-02T00:00:00Z');
    await sources.arm('t', nightly);
    sources.close();
    await time.advance(48 * HOUR);
    expect(struck).toEqual([]);
  });
});

describe('the patterns of triggers', () => {
  const main = { source: 'git', detail: { branch: 'main' } };

  it('name the triggers that ask for an event', async () => {
    const { sources } = clockwork('2026-03-02T00:00:00Z');
    await sources.arm('a', push);
    await sources.arm('b', { kind: 'event', pattern: { source: [{ prefix: 'g' }] } });
    expect(sources.matching(main)).toEqual(['a', 'b']);
    expect(sources.matching({ source: 'git', detail: { branch: 'topic' } })).toEqual(['b']);
    expect(sources.matching({ source: 'ci' })).toEqual([]);
  });
});
