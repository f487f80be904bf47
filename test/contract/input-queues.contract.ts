import type { JobMessage } from '../../lib/core/messages/job';
import type { InputQueues } from '../../lib/core/ports/stores';
import type { PoolMessage } from '../../lib/core/messages/pool';

export interface Delivery {
  /** `job/<id>` or `pool/<id>`. */
  readonly to: string;
  readonly id: string;
  readonly message: JobMessage | PoolMessage;
}

export interface InputQueuesSetup {
  readonly queues: InputQueues;
  /** Waits until nothing is under way. */
  readonly drain: () => Promise<void>;
  readonly delivered: () => readonly Delivery[];
  /** Whether two batches of one job or pool were ever handled at once. */
  readonly overlapped: () => boolean;
}

const entered = (n: number): JobMessage => ({ type: 'nodeEntered', nodeId: `n${n}` });

/** What every set of input queues keeps to. Deliveries may repeat: the first of each counts. */
export function describeInputQueues(name: string, setup: () => Promise<InputQueuesSetup>): void {
  describe(`input queues: ${name}`, () => {
    let world: InputQueuesSetup;
    beforeEach(async () => {
      world = await setup();
    });

    function firsts(to: string): Delivery[] {
      const seen = new Set<string>();
      return world.delivered().filter((delivery) => {
        if (delivery.to !== to || seen.has(delivery.id)) return false;
        seen.add(delivery.id);
        return true;
      });
    }

    it('delivers messages of a job in the order in which they were sent, unchanged', async () => {
      for (let n = 0; n < 25; n++) await world.queues.toJob('j', entered(n), `m${n}`);
      await world.drain();
      expect(firsts('job/j').map(({ message }) => message)).toEqual(
        Array.from({ length: 25 }, (_, n) => entered(n)),
      );
    });

    it('delivers messages of a pool in order, apart from those of jobs', async () => {
      await world.queues.toPool('p', { type: 'sweep' }, 'm1');
      await world.queues.toJob('p', entered(1), 'm2');
      await world.queues.toPool('p', { type: 'workerDrained', workerId: 'w' }, 'm3');
      await world.drain();
      expect(firsts('pool/p').map(({ id }) => id)).toEqual(['m1', 'm3']);
      expect(firsts('job/p').map(({ id }) => id)).toEqual(['m2']);
    });

    it('handles one batch of a job at a time', async () => {
      for (let n = 0; n < 25; n++) await world.queues.toJob(`j${n % 2}`, entered(n), `m${n}`);
      await world.drain();
      expect(world.delivered().length).toBeGreaterThanOrEqual(25);
      expect(world.overlapped()).toBe(false);
    });
  });
}
