import { ceilingOf, type StreamCosts } from '../../../../lib/core/capacity/ceilings';

/** One message group: ten messages a cycle of 200 ms. */
const GROUP: StreamCosts = {
  ...{ lanes: 1, most: 10, invocations: 1, cycleMs: 170, writeMs: 20, decideMs: 1, units: 0.5 },
};
const LANED: StreamCosts = { ...GROUP, lanes: 32, most: 80, invocations: 2, cycleMs: 200 };

describe('how many messages a second a stream takes', () => {
  it('is ten a cycle where it is one group, however many could decide it', () => {
    expect(ceilingOf(GROUP)).toEqual({ bound: 'handing out', perSecond: 50 });
    expect(ceilingOf({ ...GROUP, invocations: 10, most: 80 })).toEqual(ceilingOf(GROUP));
  });

  it('is what its lanes have under way, as far as invocations take it', () => {
    const free = { ...LANED, decideMs: 0, writeMs: 0 };
    expect(ceilingOf(free).perSecond).toBeCloseTo((2 * 80) / 0.2);
    // Eight lanes have 80 messages under way, 40 for each.
    expect(ceilingOf({ ...free, lanes: 8 }).perSecond).toBeCloseTo(80 / 0.2);
  });

  it('counts a turn again for each other writer that meets it', () => {
    // Turns of 100 ms in cycles of 300: one of three meets the other.
    expect(ceilingOf(LANED).perSecond).toBeCloseTo(160_000 / (200 + (4 / 3) * 100));
  });

  it('is bound by deciding, one append after the other, and by what a partition takes', () => {
    const busy = ceilingOf({ ...LANED, invocations: 20, lanes: 160, decideMs: 2 });
    expect(busy).toEqual({ bound: 'deciding', perSecond: 80_000 / 180 });
    expect(ceilingOf({ ...LANED, units: 5 })).toEqual({ bound: 'table', perSecond: 200 });
  });
});
