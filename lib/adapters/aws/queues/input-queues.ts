import type { Delivery, StreamKind } from '../../../core/messages/address';
import type { Origin } from '../../../core/messages/envelope';
import { present } from '../../../core/model/present';
import type { StreamSender } from '../../../core/ports/streams';
import { createBundler } from './bundles';
import type { OrderedKind, TriggerInputBody } from './queue-messages';
import type { SendMessage } from './sender';

/** The queue of each kind of stream: FIFO, whose message group is the stream; that of triggers has no order. */
export type InputSenders = Readonly<Record<StreamKind, SendMessage>>;

export function createInputQueues(queues: InputSenders): StreamSender {
  const ordered = {
    job: createBundler(queues.job),
    pool: createBundler(queues.pool),
    dependency: createBundler(queues.dependency),
    letter: createBundler(queues.letter),
    target: createBundler(queues.target),
  };
  return {
    send: (delivery, origin) => {
      const { kind } = delivery.to;
      if (kind === 'trigger') return queues.trigger({ body: triggerInput(delivery, origin) });
      return ordered[kind](delivery as Delivery<OrderedKind>, origin);
    },
  };
}

function triggerInput(
  { to, message }: Delivery,
  { id, actor, traceId, correlationId }: Origin,
): TriggerInputBody {
  return {
    kind: 'input',
    to,
    message,
    id,
    actor,
    ...present({ traceId, correlationId }),
  } as TriggerInputBody;
}
