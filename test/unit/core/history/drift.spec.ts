import fc from 'fast-check';
import { type DriftTest, drifted, driftOf, NO_DRIFT } from '../../../../lib/core/history/drift';

const TEST: DriftTest = { usual: 0.05, raised: 0.5, alarm: 4 };
const trials = (text: string) => [...text].map((each) => each === '-');

describe('a change of a share', () => {
  it('is said once the evidence is enough, and stands until nothing is left of it', () => {
    expect(driftOf(TEST, trials('-')).raised).toBe(false);
    expect(driftOf(TEST, trials('--')).raised).toBe(true);
    expect(driftOf(TEST, trials('--++')).raised).toBe(true);
    expect(driftOf(TEST, trials('--++++++++++'))).toEqual(NO_DRIFT);
  });

  it('is not said of bad trials that are far apart', () => {
    expect(driftOf(TEST, trials('-++++-++++-++++-++++')).raised).toBe(false);
  });

  it('is nothing that good trials alone can bring about, and evidence is bounded', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (all) => {
        const { sum } = driftOf(TEST, all);
        expect(sum).toBeGreaterThanOrEqual(0);
        expect(sum).toBeLessThanOrEqual(1.5 * TEST.alarm);
        if (!all.includes(true)) expect(driftOf(TEST, all)).toEqual(NO_DRIFT);
      }),
    );
  });

  it('is raised in the same place, whatever good trials went before', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.array(fc.boolean(), { maxLength: 50 }), (good, rest) => {
        const before = Array.from({ length: good }, () => false);
        expect(driftOf(TEST, [...before, ...rest])).toEqual(
          rest.reduce((d, bad) => drifted(TEST, d, bad), NO_DRIFT),
        );
      }),
    );
  });
});
