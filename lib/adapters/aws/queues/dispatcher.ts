import type { Dispatcher } from '../../../core/ports/effects';
import type { DispatchBody } from './queue-messages';
import type { SendMessage } from './sender';

/** Hands attempts to the queue `dispatch`, so that a slow worker holds up nothing but its own message. */
export function createSqsDispatcher(send: SendMessage): Dispatcher {
  return {
    dispatch: (effect) => send({ body: { ...effect, kind: 'dispatch' } satisfies DispatchBody }),
    cancel: (effect) => send({ body: { ...effect, kind: 'cancel' } satisfies DispatchBody }),
  };
}
