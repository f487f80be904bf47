import { createLocalQueues } from '../../lib/adapters/embedded/runtime/queues';
import { nextTurn } from '../../lib/adapters/embedded/runtime/mailbox';
import { type Delivery, describeInputQueues } from './input-queues.contract';

describeInputQueues('mailboxes', async () => {
  const delivered: Delivery[] = [];
  const active = new Set<string>();
  let overlapped = false;
  let handling = 0;

  async function handle(to: string, batch: readonly Omit<Delivery, 'to'>[]): Promise<void> {
    overlapped ||= active.has(to);
    active.add(to);
    handling += 1;
    await nextTurn();
    delivered.push(...batch.map(({ id, message }) => ({ to, id, message })));
    active.delete(to);
    handling -= 1;
  }

  const queues = createLocalQueues({
    handleJob: (jobId, batch) => handle(`job/${jobId}`, batch),
    handlePool: (poolId, batch) => handle(`pool/${poolId}`, batch),
    onError(error) {
      throw error;
    },
  });
  return {
    queues,
    async drain() {
      for (let quiet = 0; quiet < 5; quiet = handling === 0 ? quiet + 1 : 0) await nextTurn();
    },
    delivered: () => delivered,
    overlapped: () => overlapped,
  };
});
