import { addressOf } from '../../../core/messages/address';
import { present } from '../../../core/model/present';
import type { Dispatcher } from '../../../core/ports/effects';
import type { DispatchBody } from './queue-messages';
import type { SendMessage } from './sender';

/** Hands attempts to the queue `dispatch`, so that a slow worker holds up nothing but its own message. */
export function createSqsDispatcher(send: SendMessage): Dispatcher {
  const put = (body: DispatchBody) => send({ body });
  return {
    dispatch: ({ id, cause, work, workerId, endpoint, registration }) =>
      put({
        kind: 'dispatch',
        id,
        pool: poolOf(cause),
        work,
        workerId,
        ...present({ endpoint, registration }),
      } as DispatchBody),
    cancel: ({ id, cause, work, workerId, endpoint, registration, reason }) =>
      put({
        kind: 'cancel',
        id,
        pool: poolOf(cause),
        work,
        workerId,
        reason,
        ...present({ endpoint, registration }),
      }),
  };
}

/** A lease is granted by an event of its pool. */
function poolOf({ stream }: { readonly stream: string }): string {
  return addressOf(stream).id;
}
