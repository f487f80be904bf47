import type { Actor } from '../journal/envelope';

/** Where a message comes from. */
export interface Origin {
  /** Names the message, request, event or timer that brought it; the same when it is sent again. */
  readonly id: string;
  readonly actor: Actor;
  readonly traceId?: string;
}

/** A message with its origin, as a stream's engine decides it. */
export interface MessageEnvelope<Message> extends Origin {
  readonly message: Message;
}
