import { createMemoryLetterBox, type MemoryLetterBox } from '../../adapters/memory/letter-box';
import { letterOfMessage } from '../../core/dlq/poisoned';
import { isRepriseError } from '../../core/errors';
import { letterAt } from '../../core/messages/address';
import type { Message } from './queues';

/** What keeps letters where tools for dead letters find them, and messages that nobody could handle. */
export interface Dead {
  readonly letterBox: MemoryLetterBox;
  /** A message was given up: it lies in the DLQ of its queue, and there is a letter of it. */
  readonly keep: (message: Message, error: unknown) => void;
}

export function createDead(send: (message: Message) => void): Dead {
  const box = createMemoryLetterBox((delivery, origin) => send({ delivery, origin }));
  const messages = new Map<string, { readonly message: Message; times: number }>();
  return {
    keep(message, error) {
      const { delivery, origin } = message;
      const reason = isRepriseError(error) ? `${error.code}: ${error.message}` : String(error);
      const messageId = origin.id.split(' again ')[0] as string;
      const body = JSON.stringify(delivery.message).slice(0, 1_000);
      const { group, letter } = letterOfMessage({ queue: delivery.to.kind, messageId, body, reason });
      const kept = messages.get(letter.letterId) ?? { message, times: 0 };
      messages.set(letter.letterId, kept);
      kept.times += 1;
      send({
        delivery: { to: letterAt(group), message: { type: 'park', letter, seq: kept.times } },
        origin: { id: `keeps ${messageId} ${kept.times}`, actor: { kind: 'engine', id: 'letter-keeper' } },
      });
    },
    letterBox: {
      ...box,
      async release({ letterId, times }) {
        const kept = messages.get(letterId);
        if (!kept) return;
        const { origin } = kept.message;
        send({ ...kept.message, origin: { ...origin, id: `${origin.id} again ${times}` } });
      },
    },
  };
}
