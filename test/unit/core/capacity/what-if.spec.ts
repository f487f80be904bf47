import { whatIf } from '../../../../lib/core/capacity/what-if';
import { machine, nodeOf, ranAs } from '../../../support/loads';
import { atOnce } from '../../../support/steps';

const MINUTE_MS = 60_000;
const minutes = (n: number) => Array.from({ length: n }, (_, i) => nodeOf(`n${i}`, { minutes: 1 }));

describe('what if', () => {
  it('compares another fleet with what happened, at its price', () => {
    const load = ranAs([minutes(4)], [machine(1)]);
    const two = { name: 'two', fleet: [{ labels: '*' as const, slots: 1, count: 2 }] };
    const { recorded, replayed, scenarios } = atOnce(whatIf(load, [two], { workerHourUsd: 60 }));
    expect(recorded.measures.makespanMs.mean).toBe(4 * MINUTE_MS);
    expect(replayed.measures).toEqual(recorded.measures);
    expect(
      scenarios.map(({ name, measures }) => [name, measures.makespanMs.mean, measures.utilization]),
    ).toEqual([['two', 2 * MINUTE_MS, 1]]);
    expect([recorded.costUsd, scenarios[0]?.costUsd]).toEqual([4, 4]);
  });

  it('says how near the replay comes to the record', () => {
    const exact = ranAs([minutes(4)], [machine(2)]);
    // The last attempts waited for a minute longer than anything explains.
    const [job] = exact.jobs;
    const late = <T extends { startedAt: number; endedAt: number }>(attempt: T) => {
      if (attempt.startedAt < MINUTE_MS) return attempt;
      return { ...attempt, startedAt: attempt.startedAt + MINUTE_MS, endedAt: attempt.endedAt + MINUTE_MS };
    };
    const nodes = job!.nodes.map((node) => {
      const attempts = node.attempts.map(late);
      return { ...node, attempts, doneAt: attempts[0]!.endedAt };
    });
    const slow = { ...exact, jobs: [{ ...job!, endedAt: job!.endedAt + MINUTE_MS, nodes }] };
    expect(atOnce(whatIf(exact, [])).calibration).toEqual({
      makespanError: 0,
      medianJobError: 0,
      waitP95ErrorMs: 0,
    });
    expect(atOnce(whatIf(slow, [])).calibration).toMatchObject({ makespanError: expect.closeTo(-1 / 3) });
  });

  it('lets fewer jobs run at a time, and lets work go as it comes', () => {
    const [long, short] = [[nodeOf('long', { minutes: 9 })], [nodeOf('short', { minutes: 1 })]];
    const load = ranAs([short, long], [machine(2)]);
    const { scenarios } = atOnce(
      whatIf(load, [
        { name: 'one job at a time', maxRunningJobs: 1 },
        { name: 'one slot, by rank', fleet: [{ labels: '*', slots: 1, count: 1 }] },
        {
          name: 'one slot, as it comes',
          fleet: [{ labels: '*', slots: 1, count: 1 }],
          policy: { order: 'arrival' },
        },
      ]),
    );
    expect(scenarios.map(({ measures }) => measures.makespanMs.mean / MINUTE_MS)).toEqual([5.5, 9.5, 5.5]);
    expect(scenarios[0]?.measures.admissionMs.max).toBe(MINUTE_MS);
  });

  it('refuses a fleet that cannot run a node', () => {
    const demand = { labels: ['gpu'], slots: 1 };
    const load = ranAs([[nodeOf('train', { demand })]], [machine(1)]);
    const plain = { name: 'plain', fleet: [{ labels: ['linux'], slots: 4, count: 9 }] };
    expect(() => atOnce(whatIf(load, [plain]))).toThrow(
      'node train of g asks for 1 slots, gpu: no worker of this fleet has that',
    );
  });
});
