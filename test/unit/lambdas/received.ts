import type { Patience } from '../../../lambdas/runtime/groups';
import { createVirtualTime } from '../../../lib/adapters/memory/virtual-time';
import type { ReceivedMessage } from '../../../lib/core/ports/received';

export interface PatienceOptions {
  readonly ms?: number;
  readonly dlqFails?: boolean;
  /** What waits in the queue beside the batch. */
  readonly waiting?: ReceivedMessage[];
}

/** How a consumer deals with what it cannot handle, and what it did: in virtual time, whose waits pass at once. */
export function patience({ ms = 0, dlqFails = false, waiting = [] }: PatienceOptions = {}) {
  const removed: string[] = [];
  const again: { readonly ids: string[]; readonly seconds: number }[] = [];
  const buried: { readonly id: string; readonly reason: string }[] = [];
  const time = createVirtualTime(1_000_000);
  const idOf = ({ messageId }: ReceivedMessage) => messageId;
  const how: Patience = {
    queue: {
      takeMore: async () => waiting.splice(0, 10),
      remove: async (messages) => void removed.push(...messages.map(idOf)),
      comeAgain: async (messages, seconds) => void again.push({ ids: messages.map(idOf), seconds }),
      moveToDlq: async (message, reason) => {
        if (dlqFails) throw new Error('denied');
        buried.push({ id: idOf(message), reason });
      },
    },
    timing: { clock: time.now, random: () => 0, sleep: (wait) => time.advance(wait) },
    until: time.now() + ms,
  };
  return { how, again, buried, removed, time };
}
