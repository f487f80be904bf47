import { FLAG_NAMES, FLAGS, isOn, shareOf } from '../../../../lib/core/configuration/flags';

const subjects = Array.from({ length: 2_000 }, (_, i) => ({ owner: `o${i % 40}`, graph: `g${i}` }));
const flag = 'learned-retries';
const isOnFor = (percent: number) =>
  subjects.map((subject) => isOn(flag, { enabled: true, percent }, subject));

describe('a feature flag', () => {
  it.each(FLAG_NAMES)(
    '%s has not expired: take it away with the branch that it switches, or say a later day',
    (name) => {
      expect(Date.parse(FLAGS[name].expires)).toBeGreaterThan(Date.now());
    },
  );

  it('is on for the share that it is given, and more of the same as that grows', () => {
    const [few, many] = [isOnFor(10), isOnFor(40)];
    expect(few.filter(Boolean).length / subjects.length).toBeCloseTo(0.1, 1);
    expect(many.filter(Boolean).length / subjects.length).toBeCloseTo(0.4, 1);
    few.forEach((on, i) => {
      if (on) expect(many[i]).toBe(true);
    });
    expect(isOnFor(0)).not.toContain(true);
    expect(isOnFor(100)).not.toContain(false);
  });

  it('tries out on other graphs than the next flag does', () => {
    const shares = subjects.map((subject) => [shareOf('a', subject) < 10, shareOf('b', subject) < 10]);
    expect(shares.filter(([a, b]) => a && b).length).toBeLessThan(60);
  });

  it('is for those that are named, and for nobody where it is off', () => {
    const ana = { owner: 'ana', graph: 'shop' };
    expect(isOn(flag, { enabled: true, owners: ['ana'] }, ana)).toBe(true);
    expect(isOn(flag, { enabled: true, owners: ['bo'] }, ana)).toBe(false);
    expect(isOn(flag, { enabled: true, owners: ['ana'], graphs: ['other'] }, ana)).toBe(false);
    expect(isOn(flag, { enabled: false, owners: ['ana'] }, ana)).toBe(false);
  });
});
