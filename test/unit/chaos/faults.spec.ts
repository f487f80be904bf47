import { draw, seeded } from '../../../lib/chaos/draw';
import { createFaultPlan, nameOf } from '../../../lib/chaos/faults';

const points = Array.from({ length: 2_000 }, (_, i) => `point ${i}`);

describe('a draw', () => {
  it('depends on the seed and the name alone, and is uniform', () => {
    const lots = points.map((point) => draw(9, point));
    expect(lots).toEqual(points.map((point) => draw(9, point)));
    expect(lots).not.toEqual(points.map((point) => draw(10, point)));
    const tenths = Array.from(
      { length: 10 },
      (_, k) => lots.filter((lot) => Math.floor(lot * 10) === k).length,
    );
    for (const count of tenths) expect(Math.abs(count - 200)).toBeLessThan(60);
  });

  it('in a row differs by seed', () => {
    const row = (seed: number) => Array.from({ length: 5 }, seeded(seed));
    expect(row(1)).toEqual(row(1));
    expect(row(1)).not.toEqual(row(2));
  });
});

describe('a plan of faults', () => {
  const plan = (only?: ReadonlySet<string>) =>
    createFaultPlan({ seed: 4, now: () => 5, weights: { crash: 10, duplicate: 1 }, only });
  const visit = (faults: ReturnType<typeof plan>, names: readonly string[]) =>
    names.filter((name) => faults.strikes('crash', name));

  it('strikes at the same points, whatever else is asked', () => {
    const first = visit(plan(), points);
    expect(first.length).toBeGreaterThan(40);
    expect(visit(plan(), points.toReversed()).toReversed()).toEqual(first);
  });

  it('tells visits of one point apart', () => {
    const faults = plan();
    const struck = points.filter(() => faults.strikes('crash', 'here'));
    expect(struck.length).toBeGreaterThan(40);
    expect(new Set(faults.struck.map(nameOf)).size).toBe(struck.length);
  });

  it('strikes as it is told, where it is told', () => {
    const [one, two] = visit(plan(), points) as [string, string];
    expect(visit(plan(new Set([`crash ${two}`])), points)).toEqual([two]);
    expect(visit(plan(new Set()), [one, two])).toEqual([]);
  });

  it('does not strike with kinds that were not chosen, nor once it is over', () => {
    const faults = plan();
    expect(points.some((point) => faults.strikes('stall', point))).toBe(false);
    faults.end();
    expect(visit(faults, points)).toEqual([]);
  });
});
