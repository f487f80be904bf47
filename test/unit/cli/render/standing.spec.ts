import { createStanding } from '../../../../lib/cli/render/standing';
import type { JobEvent } from '../../../../lib/core/job/events';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import { createTally } from '../../../../lib/core/projections/tally';

const event = (type: JobEvent['type'], data: object) => ({ type, data }) as Recorded<JobEvent>;

describe('how far a job is', () => {
  it('follows from its events', () => {
    const tally = createTally();
    const fold = createStanding(tally, 3, 1_000);
    const take = (...events: Recorded<JobEvent>[]) => {
      for (const each of events) {
        tally.apply(each);
        fold.apply(each);
      }
      return fold.standing(4_000);
    };
    const start = (nodeId: string) => event('attempt.started', { nodeId, attempt: 1, workerId: 'w' });
    expect(take(start('a'), start('b'))).toMatchObject({
      ...{ finished: 0, total: 3, failed: 0, running: ['a', 'b'], isPaused: false, elapsedMs: 3_000 },
    });
    expect(
      take(
        event('attempt.failed', { nodeId: 'a', attempt: 1, durationMs: 1, failure: {} }),
        event('node.completed', { nodeId: 'a', outcome: 'failed', attempts: 1 }),
        event('job.paused', { reason: 'x' }),
        event('attempt.lost', { nodeId: 'b', attempt: 1, reason: 'gone' }),
      ),
    ).toMatchObject({ finished: 1, failed: 1, running: [], isPaused: true });
    expect(
      take(
        event('job.unpaused', { reason: 'x' }),
        event('node.expanded', { nodeId: 'c', items: ['1', '2'] }),
        start('c-1'),
        event('job.completed', { status: 'failed' }),
      ),
    ).toMatchObject({ total: 5, running: [], isPaused: false });
  });
});
