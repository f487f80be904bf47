/** A message of a queue, as its consumer gets it. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: {
    /** How often it was received, this time included; as text. */
    readonly ApproximateReceiveCount: string;
    readonly MessageGroupId?: string | undefined;
  };
}

/** What a consumer does with its queue beside handling what it is given. */
export interface ReceivedQueue {
  /** More of what waits, ten at most: hidden from others like what the consumer was given, and removed by nobody else. */
  readonly takeMore: () => Promise<readonly ReceivedMessage[]>;
  /** Ends messages that were taken so and are handled. */
  readonly remove: (messages: readonly ReceivedMessage[]) => Promise<void>;
  /** Has messages come again in so many seconds, in place of when their visibility ends. */
  readonly comeAgain: (messages: readonly ReceivedMessage[], seconds: number) => Promise<void>;
  /** Puts a message that can never be handled into the DLQ, with why. It is then to be taken for handled. */
  readonly moveToDlq: (message: ReceivedMessage, reason: string) => Promise<void>;
}
