import type { Actor } from '../journal/envelope';

/** Where a message comes from. */
export interface Origin {
  /** Names the message, request, event or timer that brought it; the same when it is sent again. */
  readonly id: string;
  readonly actor: Actor;
  /** The trace of the stream that begins with it. */
  readonly traceId?: string;
  /** Of the call that brought it: the events that it causes carry it. What the engine sends itself has none, as the id leads to its cause. */
  readonly correlationId?: string;
}

/** A message with its origin, as a stream's engine decides it. */
export interface MessageEnvelope<Message> extends Origin {
  readonly message: Message;
}
