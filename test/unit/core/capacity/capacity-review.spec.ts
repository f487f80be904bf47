import { reviewOf } from '../../../../lib/core/capacity/capacity-review';
import type { Load } from '../../../../lib/core/capacity/load';
import { machine, nodeOf, ranAs } from '../../../support/loads';

const HOUR_MS = 3_600_000;

/** A job of one node of half an hour for each of these hours. */
function loadOf(hours: readonly number[], slots: number): Load {
  const jobs = hours.map(() => [nodeOf('n', { minutes: 30 })]);
  return ranAs(jobs, [machine(slots)], { at: (i) => hours[i]! * HOUR_MS });
}
const times = (n: number, hour: number) => Array.from({ length: n }, () => hour);

describe('the review of capacity', () => {
  it('compares the forecast with the slots that there are', () => {
    // Eight jobs at noon, each day for three days: four slots for an hour.
    const load = loadOf([...times(8, 12), ...times(8, 36), ...times(8, 60)], 3);
    const { findings } = reviewOf(load, 72 * HOUR_MS);
    expect(findings[0]).toEqual({ condition: 'forecast', found: 4, limit: 3 });
  });

  it('counts the workers that are still there', () => {
    const load = loadOf([...times(8, 12), ...times(8, 36), ...times(8, 60)], 3);
    const gone = { ...machine(9, 'gone'), until: 3 * HOUR_MS };
    const { findings } = reviewOf({ ...load, workers: [...load.workers, gone] }, 72 * HOUR_MS);
    expect(findings[0]).toMatchObject({ limit: 3 });
  });

  it('compares the waits of the last hour with those before, above five minutes', () => {
    const load = loadOf([...times(30, 0), ...times(60, 20)], 30);
    const { findings } = reviewOf(load, 20.9 * HOUR_MS);
    expect(findings).toEqual([{ condition: 'waits', found: 0.5 * HOUR_MS, limit: 5 * 60_000 }]);
  });

  it('says nothing of what the record is too short for', () => {
    expect(reviewOf(loadOf([0, 1, 2], 1), 3 * HOUR_MS).findings).toEqual([]);
    expect(reviewOf(loadOf([], 1), 3 * HOUR_MS).findings).toEqual([]);
  });

  it('finds no waits in an hour in which nothing was to do', () => {
    const { findings } = reviewOf(loadOf(times(30, 0), 30), 5 * HOUR_MS);
    expect(findings).toEqual([{ condition: 'waits', found: 0, limit: 5 * 60_000 }]);
  });
});
