import { grants, offer, register, step } from '../../../../bench/pool';
import { initialPool } from '../../../../lib/core/scheduler/state';
import { seededRandom } from '../../../support/graphs';

const WORKERS = 500;
const JOBS = 5_000;
/** `offer` has twenty owners, each with work of one class. */
const OWNERS_OF_A_CLASS = 5;

describe('5,000 jobs on 500 workers', () => {
  const state = initialPool();
  const random = seededRandom(3);
  for (let i = 0; i < WORKERS; i++) step(state, register(i, 2));
  for (let job = 0; job < JOBS; job++) for (let n = 1; n < 4; n++) step(state, offer(job, n, random));
  const running = grants(step(state, { type: 'assign', at: 1 }));
  const held = () => [...state.held].filter(([share, slots]) => share.startsWith('0|') && slots > 0);

  it('fill every slot with the most urgent work, in equal shares of its owners', () => {
    expect(running).toHaveLength(2 * WORKERS);
    const slots = held().map(([, own]) => own);
    expect(slots).toEqual(Array(OWNERS_OF_A_CLASS).fill((2 * WORKERS) / OWNERS_OF_A_CLASS));
  });

  it('keep the shares equal as one attempt after the other ends', () => {
    for (const [i, attempt] of running.slice(0, 200).entries()) {
      step(state, { type: 'workReleased', ...attempt, at: 2 + i });
      expect(grants(step(state, { type: 'assign', at: 2 + i }))).toHaveLength(1);
      const slots = held().map(([, own]) => own);
      expect(Math.max(...slots) - Math.min(...slots)).toBeLessThanOrEqual(1);
    }
  });
});
