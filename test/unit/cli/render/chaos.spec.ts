import type { ChaosReport } from '../../../../lib/chaos/run';
import { renderChaos } from '../../../../lib/cli/render/chaos';

const report: ChaosReport = {
  ...{ seed: 7, jobs: 1, worlds: 1, events: 1, virtualHours: 0.5 },
  ...{ faults: {}, invariants: 33, violations: [] },
};
const finding = {
  ...{ invariant: 'everyJobEnds', says: 'every job comes to its end', detail: 'j1 is running' },
  ...{ world: 4, worldSeed: 9, jobs: ['j1'], nodes: 1, faults: ['crash: before append'], trace: ['a line'] },
};

describe('what a run of the simulation prints', () => {
  it('counts one thing as one', () => {
    expect(renderChaos(report, 2_000).split('\n')[0]).toMatch(
      /^seed 7: 1 job in 1 world, 1 event in 0.5 virtual hours, took /,
    );
    expect(renderChaos({ ...report, violations: [finding] }, 0)).toContain('with 1 node, and 1 fault\n');
  });

  it('counts several as several, lists what went wrong, and says how to see it again', () => {
    const several = { ...report, jobs: 40, worlds: 2, faults: { crash: 3, hang: 12 }, violations: [finding] };
    const text = renderChaos(several, 0);
    expect(text).toContain('40 jobs in 2 worlds');
    expect(text).toContain('  hang       12\n  crash       3\n');
    expect(text).toContain('1 promise was not kept');
    expect(text).toContain('again: reprise chaos --seed 7 --jobs 40 --world 4\n  a line\n');
  });
});
