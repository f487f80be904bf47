import type { JobMessage } from '../../lib/core/messages/job';
import type { Timers } from '../../lib/core/ports/stores';

export interface TimersSetup {
  readonly timers: Timers;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Lets time pass, milliseconds. */
  readonly advance: (ms: number) => Promise<void>;
  readonly delivered: () => readonly { readonly jobId: string; readonly message: JobMessage }[];
}

const due = (attempt: number): JobMessage => ({ type: 'timerDue', nodeId: 'n', attempt });
const DAY_MS = 86_400_000;

/** What every timer service keeps to. */
export function describeTimers(name: string, setup: () => Promise<TimersSetup>): void {
  describe(`timers: ${name}`, () => {
    let world: TimersSetup;
    beforeEach(async () => {
      world = await setup();
    });

    it('delivers at its time and not before', async () => {
      await world.timers.schedule('j', due(2), world.now() + 1_000, 'job/j/1');
      await world.advance(999);
      expect(world.delivered()).toEqual([]);
      await world.advance(1);
      expect(world.delivered()).toEqual([{ jobId: 'j', message: due(2) }]);
    });

    it('delivers at once what is overdue', async () => {
      await world.timers.schedule('j', due(2), world.now() - 5_000, 'job/j/1');
      await world.advance(0);
      expect(world.delivered()).toEqual([{ jobId: 'j', message: due(2) }]);
    });

    it('delivers in the order of the times', async () => {
      await world.timers.schedule('j', due(3), world.now() + 2_000, 'job/j/1');
      await world.timers.schedule('k', due(2), world.now() + 1_000, 'job/k/1');
      await world.advance(2_000);
      expect(world.delivered().map(({ jobId }) => jobId)).toEqual(['k', 'j']);
    });

    it('waits as long as the longest duration of a graph, 14 days', async () => {
      const dueAt = world.now() + 14 * DAY_MS;
      await world.timers.schedule('j', due(2), dueAt, 'job/j/1');
      await world.advance(14 * DAY_MS - 1);
      expect(world.delivered()).toEqual([]);
      await world.advance(1);
      expect(world.delivered()).toHaveLength(1);
    });
  });
}
