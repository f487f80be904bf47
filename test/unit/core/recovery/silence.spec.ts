import type { RegisteredWorker } from '../../../../lib/core/ports/registries';
import {
  HEARTBEAT_SECONDS,
  heard,
  isLost,
  STEADY_SWEEPS_MS,
  steadyMs,
} from '../../../../lib/core/recovery/silence';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const worker = (
  workerId: string,
  lastSeenAt: number,
  more: Partial<RegisteredWorker> = {},
): RegisteredWorker => ({
  ...{ workerId, labels: [], slots: 1, running: 0, lastSeenAt, steadySince: 0 },
  ...more,
});

describe('when heartbeats are known to have arrived', () => {
  const NOW = 10 * MINUTE;

  it('is from the first of those that came steadily to the latest, of every worker that is not lost', () => {
    const workers = [
      worker('steady', NOW - 9 * SECOND, { steadySince: 3 * MINUTE }),
      worker('lost', NOW, { lostAt: NOW, steadySince: 0 }),
    ];
    expect(heard(workers)).toEqual([{ since: 3 * MINUTE, until: NOW - 9 * SECOND }]);
    expect(heard([])).toEqual([]);
  });

  it('is its last heartbeat of a worker that an earlier version registered', () => {
    const { steadySince: _, ...earlier } = worker('old', NOW - 5 * SECOND);
    expect(heard([earlier])).toEqual([{ since: NOW - 5 * SECOND, until: NOW - 5 * SECOND }]);
  });

  it('says nothing of the time after the latest, however steady it was: one over a connection may be long ago', () => {
    const pulls = worker('pulls', NOW - 30 * SECOND, { connectionId: 'c' });
    const silent = worker('silent', NOW - 70 * SECOND);
    const well = { sweptSince: NOW - 70 * SECOND, heard: heard([pulls]) };
    expect(isLost(silent, well, NOW)).toBe(false);
    const later = { ...well, heard: heard([{ ...pulls, lastSeenAt: NOW }]) };
    expect(isLost(silent, later, NOW)).toBe(true);
    expect(isLost({ ...silent, connectionId: 'd' }, later, NOW)).toBe(false);
    expect(isLost({ ...silent, connectionId: 'd', lastSeenAt: NOW - 96 * SECOND }, later, NOW)).toBe(true);
  });
});

/**
 * Workers that beat and a sweeper that looks, second by second, with the registry's own rules.
 * @param isWell whether the engine takes heartbeats at a time; sweeps go on unless `isSwept` says otherwise.
 */
function simulate(options: {
  readonly workers: number;
  readonly way?: 'push' | 'pull';
  readonly minutes: number;
  readonly isWell: (at: number) => boolean;
  readonly isSwept?: (at: number) => boolean;
  readonly isAlive?: (index: number, at: number) => boolean;
}): Map<string, number> {
  const { isWell, isSwept = isWell, isAlive = () => true } = options;
  const connected = options.way === 'pull' ? { connectionId: 'c' } : {};
  const registry = Array.from({ length: options.workers }, (_, i) => worker(`w${i}`, 0, connected));
  const lost = new Map<string, number>();
  let sweeps = { lastAt: 0, since: 0 };
  for (let at = SECOND; at <= options.minutes * MINUTE; at += SECOND) {
    for (const [i, known] of registry.entries()) {
      const every = HEARTBEAT_SECONDS[options.way ?? 'push'];
      const isDue = at % (every * SECOND) === (i % every) * SECOND;
      if (!isDue || !isWell(at) || !isAlive(i, at) || known.lostAt !== undefined) continue;
      const steadySince = at - known.lastSeenAt > steadyMs(known) ? at : (known.steadySince ?? at);
      registry[i] = { ...known, lastSeenAt: at, steadySince };
    }
    if (at % MINUTE !== 0 || !isSwept(at)) continue;
    sweeps = { lastAt: at, since: at - sweeps.lastAt > STEADY_SWEEPS_MS ? at : sweeps.since };
    const well = { sweptSince: sweeps.since, heard: heard(registry) };
    for (const [i, known] of registry.entries()) {
      if (known.lostAt !== undefined || !isLost(known, well, at)) continue;
      registry[i] = { ...known, lostAt: at };
      lost.set(known.workerId, at);
    }
  }
  return lost;
}

describe('a worker is lost', () => {
  const always = () => true;
  const deadFrom = (index: number, from: number) => (i: number, at: number) => i !== index || at < from;

  it('within two minutes of its death, while others are heard of', () => {
    const isAlive = deadFrom(3, 5 * MINUTE);
    const lost = simulate({ workers: 10, minutes: 10, isWell: always, isAlive });
    expect([...lost.keys()]).toEqual(['w3']);
    expect(lost.get('w3')).toBeLessThanOrEqual(7 * MINUTE);
  });

  it('within three minutes where its connection stays open, and no other is lost with it', () => {
    const isAlive = deadFrom(3, 5 * MINUTE);
    const lost = simulate({ workers: 10, way: 'pull', minutes: 15, isWell: always, isAlive });
    expect([...lost.keys()]).toEqual(['w3']);
    expect(lost.get('w3')).toBeLessThanOrEqual(8 * MINUTE);
  });

  it('within three minutes where it is the only one', () => {
    const lost = simulate({
      workers: 1,
      minutes: 10,
      isWell: always,
      isAlive: deadFrom(0, 5 * MINUTE),
    });
    expect(lost.get('w0')).toBeLessThanOrEqual(8 * MINUTE);
  });

  it('with all others at once, within three minutes', () => {
    const isAlive = (_: number, at: number) => at < 5 * MINUTE;
    const lost = simulate({ workers: 5, minutes: 10, isWell: always, isAlive });
    expect([...lost.values()].sort()).toEqual(Array.from({ length: 5 }, () => 7 * MINUTE));
  });
});

describe('no worker is lost', () => {
  const outage = (from: number, to: number) => (at: number) => at < from || at >= to;

  it.each([1, 5, 60])(
    'after the engine stood still for %d minutes, when it hears of all again',
    (minutes) => {
      const isWell = outage(5 * MINUTE, (5 + minutes) * MINUTE);
      expect(simulate({ workers: 10, minutes: minutes + 15, isWell })).toEqual(new Map());
      expect(simulate({ workers: 1, minutes: minutes + 15, isWell })).toEqual(new Map());
      expect(simulate({ workers: 10, way: 'pull', minutes: minutes + 15, isWell })).toEqual(new Map());
    },
  );

  it('when heartbeats do not arrive for a minute and a half, though the sweeper runs', () => {
    const isWell = outage(5 * MINUTE, 6.5 * MINUTE);
    expect(simulate({ workers: 10, minutes: 15, isWell, isSwept: () => true })).toEqual(new Map());
  });

  it('but those that died meanwhile, once the others were heard of for long enough', () => {
    const isWell = outage(5 * MINUTE, 15 * MINUTE);
    const isAlive = (i: number, at: number) => i !== 2 || at < 7 * MINUTE;
    const lost = simulate({ workers: 10, minutes: 30, isWell, isAlive });
    expect([...lost]).toEqual([['w2', 16 * MINUTE]]);
  });
});

describe('the patience with an engine that takes no heartbeats', () => {
  it('ends: nobody waits for ever for workers that may be gone', () => {
    const isWell = (at: number) => at < 5 * MINUTE;
    const lost = simulate({ workers: 3, minutes: 20, isWell, isSwept: () => true });
    expect([...lost.values()]).toEqual([7 * MINUTE, 7 * MINUTE, 7 * MINUTE]);
  });
});
