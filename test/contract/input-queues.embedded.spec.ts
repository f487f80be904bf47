import { nextTurn } from '../../lib/adapters/embedded/runtime/mailbox';
import { createLocalQueues } from '../../lib/adapters/embedded/runtime/queues';
import { streamOf } from '../../lib/core/messages/address';
import { type Delivered, describeInputQueues } from './input-queues.contract';

describeInputQueues('mailboxes', async () => {
  const delivered: Delivered[] = [];
  const active = new Set<string>();
  let overlapped = false;
  let handling = 0;

  const queues = createLocalQueues({
    async handle(at, batch) {
      const to = streamOf(at);
      overlapped ||= active.has(to);
      active.add(to);
      handling += 1;
      await nextTurn();
      delivered.push(...batch.map((envelope) => ({ to, ...envelope }) as Delivered));
      active.delete(to);
      handling -= 1;
      return [];
    },
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
