import type { RegisteredWorker } from '../../../../lib/core/ports/registries';
import {
  HEARTBEAT_SECONDS,
  heardSince,
  isLost,
  STEADY_MS,
  STEADY_SWEEPS_MS,
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

describe('since when heartbeats arrive', () => {
  const NOW = 10 * MINUTE;

  it('is since when the steadiest worker that is still heard of is steady', () => {
    const workers = [
      worker('new', NOW - 1, { steadySince: NOW - 5 * SECOND }),
      worker('steady', NOW - 9 * SECOND, { steadySince: 3 * MINUTE }),
      worker('gone', NOW - STEADY_MS - 1, { steadySince: 0 }),
      worker('lost', NOW, { lostAt: NOW, steadySince: 0 }),
    ];
    expect(heardSince(workers, NOW)).toBe(3 * MINUTE);
  });

  it('is not known where nobody is heard of', () => {
    expect(heardSince([worker('gone', 0)], NOW)).toBeUndefined();
    expect(heardSince([], NOW)).toBeUndefined();
  });

  it('is its last heartbeat of a worker that an earlier version registered', () => {
    const { steadySince: _, ...earlier } = worker('old', NOW - 5 * SECOND);
    expect(heardSince([earlier], NOW)).toBe(NOW - 5 * SECOND);
  });
});

/**
 * Workers that beat and a sweeper that looks, second by second, with the registry's own rules.
 * @param isWell whether the engine takes heartbeats at a time; sweeps go on unless `isSwept` says otherwise.
 */
function simulate(options: {
  readonly workers: number;
  readonly minutes: number;
  readonly isWell: (at: number) => boolean;
  readonly isSwept?: (at: number) => boolean;
  readonly isAlive?: (index: number, at: number) => boolean;
}): Map<string, number> {
  const { isWell, isSwept = isWell, isAlive = () => true } = options;
  const registry = Array.from({ length: options.workers }, (_, i) => worker(`w${i}`, 0));
  const lost = new Map<string, number>();
  let sweeps = { lastAt: 0, since: 0 };
  for (let at = SECOND; at <= options.minutes * MINUTE; at += SECOND) {
    for (const [i, known] of registry.entries()) {
      const isDue = at % (HEARTBEAT_SECONDS * SECOND) === (i % HEARTBEAT_SECONDS) * SECOND;
      if (!isDue || !isWell(at) || !isAlive(i, at) || known.lostAt !== undefined) continue;
      const steadySince = at - known.lastSeenAt > STEADY_MS ? at : (known.steadySince ?? at);
      registry[i] = { ...known, lastSeenAt: at, steadySince };
    }
    if (at % MINUTE !== 0 || !isSwept(at)) continue;
    sweeps = { lastAt: at, since: at - sweeps.lastAt > STEADY_SWEEPS_MS ? at : sweeps.since };
    const heard = heardSince(registry, at);
    const well = { sweptSince: sweeps.since, ...(heard === undefined ? {} : { heardSince: heard }) };
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
