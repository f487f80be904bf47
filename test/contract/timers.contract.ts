import { type Delivery, jobAt, poolAt, triggerAt } from '../../lib/core/messages/address';
import type { Origin } from '../../lib/core/messages/envelope';
import type { Timers } from '../../lib/core/ports/effects';

export type Delivered = Delivery & { readonly id: string };

/** What a timer tells its stream. */
export const deliveredOf = ({ to, message }: Delivery, { id }: Origin): Delivered =>
  ({ to, message, id }) as Delivered;

export interface TimersSetup {
  readonly timers: Timers;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Lets time pass, milliseconds. */
  readonly advance: (ms: number) => Promise<void>;
  readonly delivered: () => readonly Delivered[];
}

const due = (jobId: string, attempt: number): Delivery => ({
  to: jobAt(jobId),
  message: { type: 'timerDue', nodeId: 'n', attempt },
});
const DAY_MS = 86_400_000;

/** What every timer service keeps to. */
export function describeTimers(name: string, setup: () => Promise<TimersSetup>): void {
  describe(`timers: ${name}`, () => {
    let world: TimersSetup;
    beforeEach(async () => {
      world = await setup();
    });

    it('delivers at its time and not before', async () => {
      await world.timers.schedule(due('j', 2), world.now() + 1_000, 'job/j/1');
      await world.advance(999);
      expect(world.delivered()).toEqual([]);
      await world.advance(1);
      expect(world.delivered()).toEqual([{ ...due('j', 2), id: 'job/j/1' }]);
    });

    it('delivers at once what is overdue', async () => {
      await world.timers.schedule(due('j', 2), world.now() - 5_000, 'job/j/1');
      await world.advance(0);
      expect(world.delivered()).toEqual([{ ...due('j', 2), id: 'job/j/1' }]);
    });

    it('delivers in the order of the times', async () => {
      await world.timers.schedule(due('j', 3), world.now() + 2_000, 'job/j/1');
      await world.timers.schedule(due('k', 2), world.now() + 1_000, 'job/k/1');
      await world.advance(2_000);
      expect(world.delivered().map(({ to }) => to.id)).toEqual(['k', 'j']);
    });

    it('tells streams of every kind', async () => {
      const deliveries: Delivery[] = [
        due('j', 2),
        { to: poolAt('p'), message: { type: 'workerUncordoned', workerId: 'w' } },
        { to: triggerAt('t'), message: { type: 'due' } },
      ];
      for (const [i, delivery] of deliveries.entries()) {
        await world.timers.schedule(delivery, world.now() + 1_000 * (i + 1), `effect/${i}`);
      }
      await world.advance(3_000);
      expect(world.delivered()).toEqual(
        deliveries.map((delivery, i) => ({ ...delivery, id: `effect/${i}` })),
      );
    });

    it('waits as long as the longest duration of a graph, 14 days', async () => {
      const dueAt = world.now() + 14 * DAY_MS;
      await world.timers.schedule(due('j', 2), dueAt, 'job/j/1');
      await world.advance(14 * DAY_MS - 1);
      expect(world.delivered()).toEqual([]);
      await world.advance(1);
      expect(world.delivered()).toHaveLength(1);
    });
  });
}
