import type { Patience } from '../../../lambdas/runtime/groups';
import { createVirtualTime } from '../../../lib/adapters/memory/virtual-time';
import type { ReceivedMessage } from '../../../lib/core/ports/received';

/** How a consumer deals with what it cannot handle, and what it did: in virtual time, whose waits pass at once. */
export function patience({ ms = 0, dlqFails = false }: { ms?: number; dlqFails?: boolean } = {}) {
  const again: { readonly ids: string[]; readonly seconds: number }[] = [];
  const buried: { readonly id: string; readonly reason: string }[] = [];
  const time = createVirtualTime(1_000_000);
  const idOf = ({ messageId }: ReceivedMessage) => messageId;
  const how: Patience = {
    queue: {
      comeAgain: async (messages, seconds) => void again.push({ ids: messages.map(idOf), seconds }),
      moveToDlq: async (message, reason) => {
        if (dlqFails) throw new Error('denied');
        buried.push({ id: idOf(message), reason });
      },
    },
    timing: { clock: time.now, random: () => 0, sleep: (wait) => time.advance(wait) },
    until: time.now() + ms,
  };
  return { how, again, buried, time };
}
