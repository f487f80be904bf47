import type { Delivery, StreamKind } from '../../../core/messages/address';
import type { Origin } from '../../../core/messages/envelope';
import { present } from '../../../core/model/present';
import type { StreamSender } from '../../../core/ports/streams';
import type { InputBody, TriggerInputBody } from './queue-messages';
import { deduplicationId, type SendMessage } from './sender';

/** The queue of each kind of stream: FIFO for jobs and pools, whose message group is the stream; none for triggers. */
export type InputSenders = Readonly<Record<StreamKind, SendMessage>>;

export function createInputQueues(queues: InputSenders): StreamSender {
  return {
    send: (delivery, origin) => {
      if (delivery.to.kind === 'trigger') return queues.trigger({ body: triggerInput(delivery, origin) });
      const { to, message } = delivery;
      return queues[to.kind]({
        body: inputBody(delivery, origin),
        groupId: to.id,
        deduplicationId: deduplicationId(origin.id, message),
      });
    },
  };
}

function inputBody({ to, message }: Delivery, { id, actor, traceId }: Origin): InputBody {
  return { to, message, id, actor, ...present({ traceId }) } as InputBody;
}

function triggerInput(delivery: Delivery, origin: Origin): TriggerInputBody {
  return { kind: 'input', ...(inputBody(delivery, origin) as InputBody<'trigger'>) };
}
