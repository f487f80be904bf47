import { usageOf } from '../../../../lib/core/capacity/usage';
import { machine, nodeOf, ranAs } from '../../../support/loads';

const MINUTE_MS = 60_000;

describe('the usage of a pool', () => {
  const four = ['a', 'b', 'c', 'd'].map((id) => nodeOf(id, { minutes: 1 }));
  const load = ranAs([four], [machine(2)]);

  it('says for each stretch of time how many slots there were, how many were taken and what waited', () => {
    const { points, stepMs } = usageOf(load, { from: 0, to: 4 * MINUTE_MS, steps: 4 });
    expect([stepMs, points]).toEqual([
      MINUTE_MS,
      [
        { at: 0, slots: 2, used: 2, waiting: 2 },
        { at: MINUTE_MS, slots: 2, used: 2, waiting: 0 },
        { at: 2 * MINUTE_MS, slots: 2, used: 0, waiting: 0 },
        { at: 3 * MINUTE_MS, slots: 2, used: 0, waiting: 0 },
      ],
    ]);
  });

  it('counts only the part of an attempt that lies in the stretch', () => {
    const { points } = usageOf(load, { from: 1.5 * MINUTE_MS, to: 2.5 * MINUTE_MS, steps: 1 });
    expect(points).toEqual([{ at: 1.5 * MINUTE_MS, slots: 2, used: 1, waiting: 0 }]);
  });

  it('says who had the slots, and how long they waited', () => {
    const jobs = load.jobs.map((job) => ({
      ...job,
      jobId: 'other',
      owner: 'ben',
      nodes: job.nodes.slice(0, 1),
    }));
    const { owners } = usageOf(
      { ...load, jobs: [...load.jobs, ...jobs] },
      { from: 0, to: MINUTE_MS, steps: 1 },
    );
    expect(
      owners.map(({ owner, jobs: count, slotMs, waitMs }) => [owner, count, slotMs, waitMs.max]),
    ).toEqual([
      ['ana', 1, 4 * MINUTE_MS, MINUTE_MS],
      ['ben', 1, MINUTE_MS, 0],
    ]);
    expect(usageOf(load, { from: 9 * MINUTE_MS, to: 10 * MINUTE_MS, steps: 1 }).owners).toEqual([]);
  });
});
