import type { RegisteredWorker } from '../../../../lib/core/ports/registries';
import { heard, isLost } from '../../../../lib/core/recovery/silence';
import { beaten, heartbeats, registered } from '../../../support/heartbeats';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const beats = (worker: RegisteredWorker, ...times: readonly number[]) =>
  times.reduce((known, at) => beaten(known, { at, due: at + 10 * SECOND }), worker);

describe('when heartbeats are known to have arrived', () => {
  it('is from one to the next where these are near, whoever sent them, and until now where the latest is', () => {
    const a = beats(registered('a'), 10 * SECOND, 30 * SECOND);
    const b = beats(registered('b', 5 * SECOND), 21 * SECOND, 60 * SECOND);
    expect(heard([a, b], 70 * SECOND)).toEqual([
      { since: 0, until: 30 * SECOND },
      { since: 60 * SECOND, until: 70 * SECOND },
    ]);
    expect(heard([a, b], 72 * SECOND).at(-1)).toEqual({ since: 60 * SECOND, until: 60 * SECOND });
    expect(heard([], 0)).toEqual([]);
  });

  it('is its last heartbeat of a worker that an earlier version registered', () => {
    const { beats: _beats, dueAt: _dueAt, ...earlier } = registered('old', 5 * SECOND);
    expect(heard([earlier], MINUTE)).toEqual([{ since: 5 * SECOND, until: 5 * SECOND }]);
  });

  it('counts for a worker from when it was to be heard of, which it says itself', () => {
    const now = 30 * SECOND;
    const well = { sweptSince: 0, heard: [{ since: 0, until: now }], silences: [] };
    const busy = registered('busy');
    const idle = { ...busy, dueAt: 20 * SECOND };
    expect(isLost(busy, well, now)).toBe(true);
    expect(isLost(idle, well, now)).toBe(false);
    const { beats: _beats, dueAt: _dueAt, ...earlier } = busy;
    expect(isLost(earlier, well, now)).toBe(true);
    expect(isLost({ ...earlier, connectionId: 'c' }, well, now)).toBe(false);
  });
});

describe('a worker is lost', () => {
  const deadFrom = (index: number, from: number) => (i: number, at: number) => i !== index || at < from;

  it('where it is the only one, within a minute of its last heartbeat', () => {
    const lost = heartbeats({ workers: 1, seconds: 900, isAlive: deadFrom(0, 5 * MINUTE) });
    expect(lost.get('w0')).toBe(5 * MINUTE + 40 * SECOND);
  });

  it('within a minute where it is the last of a fleet that dies one by one', () => {
    const diesAt = (i: number) => (5 + i) * MINUTE;
    const lost = heartbeats({ workers: 4, seconds: 900, isAlive: (i, at) => at < diesAt(i) });
    expect(lost.size).toBe(4);
    for (const [i, at] of [...lost.values()].entries()) expect(at).toBeLessThan(diesAt(i) + MINUTE);
  });

  it('with all others at once, likewise', () => {
    const lost = heartbeats({ workers: 5, seconds: 900, isAlive: (_, at) => at < 5 * MINUTE });
    expect([...lost.values()].every((at) => at <= 7 * MINUTE + 10 * SECOND)).toBe(true);
    expect(lost.size).toBe(5);
  });

  it('at once where it was held for lost before, and that was not reported', () => {
    const well = { sweptSince: 0, heard: [], silences: [] };
    expect(isLost({ ...registered('w'), lostAt: 1 }, well, 2)).toBe(true);
  });
});

describe('no worker is lost', () => {
  const outage = (from: number, to: number) => (at: number) => at < from || at >= to;

  it.each([8, 12, 20, 30, 60, 90, 120, 140, 300, 3_600])(
    'after the engine stood still for %d seconds, when it hears of all again',
    (seconds) => {
      const isWell = outage(5 * MINUTE, 5 * MINUTE + seconds * SECOND);
      const fleet = { seconds: 900 + seconds, isWell };
      expect(heartbeats({ ...fleet, workers: 10 })).toEqual(new Map());
      expect(heartbeats({ ...fleet, workers: 1 })).toEqual(new Map());
      expect(heartbeats({ ...fleet, workers: 50, isBusy: () => false })).toEqual(new Map());
    },
  );

  it.each([8, 12, 20, 45, 90])(
    'when heartbeats do not arrive for %d seconds, though the sweeper runs',
    (seconds) => {
      const isWell = outage(5 * MINUTE, 5 * MINUTE + seconds * SECOND);
      for (const workers of [2, 10, 50])
        expect(heartbeats({ workers, seconds: 900, isWell, isSwept: () => true })).toEqual(new Map());
    },
  );

  it('but those that died meanwhile, once the others were heard of for long enough', () => {
    const isWell = outage(5 * MINUTE, 15 * MINUTE);
    const isAlive = (i: number, at: number) => i !== 2 || at < 7 * MINUTE;
    const lost = heartbeats({ workers: 10, seconds: 1_800, isWell, isAlive });
    expect([...lost.keys()]).toEqual(['w2']);
    expect(lost.get('w2')).toBeGreaterThan(15 * MINUTE + 15 * SECOND);
    expect(lost.get('w2')).toBeLessThan(16 * MINUTE);
  });
});

describe('the patience with an engine that takes no heartbeats', () => {
  it('ends: nobody waits for ever for workers that may be gone', () => {
    const isWell = (at: number) => at < 5 * MINUTE;
    const lost = heartbeats({ workers: 3, seconds: 1_200, isWell, isSwept: () => true });
    expect([...lost.values()].every((at) => at >= 6.8 * MINUTE && at <= 7.2 * MINUTE)).toBe(true);
    expect(lost.size).toBe(3);
  });
});
