import { playAll, scoreOf } from '../../../support/health-scenarios';

/** Seeds that nothing was tuned on; `npm run bench -- health` plays more of them: docs/health.md. */
const SEEDS = Array.from({ length: 12 }, (_, i) => 5_001 + i);

describe('the early warnings', () => {
  it.each([
    ['workers', { precision: 0.8, recall: 0.95, lead: 6 }],
    ['suites', { precision: 0.8, recall: 0.7, lead: 4 }],
    ['dependencies', { precision: 0.85, recall: 0.95, lead: 10 }],
  ] as const)('of %s are right and come before the failure', (kind, floor) => {
    const { precision, recall, leads } = scoreOf(playAll(kind, SEEDS));
    expect(precision).toBeGreaterThanOrEqual(floor.precision);
    expect(recall).toBeGreaterThanOrEqual(floor.recall);
    expect(leads[leads.length >> 1]).toBeGreaterThanOrEqual(floor.lead);
  });
});
