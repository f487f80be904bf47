/** An attribute of a message, as its sender gave it. */
export interface MessageAttribute {
  readonly type: string;
  readonly value: string;
}

/** A message of a queue, with all that is needed to send it there again. */
export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
  /** When it was sent, milliseconds since the epoch; of one that SQS moved, when it was sent first. */
  readonly sentAt: number;
  /** Of an ordered queue. */
  readonly group?: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

/** The attribute in which a function says why it gave a message up. */
export const REASON_ATTRIBUTE = 'reason';

/** A message that lies in a DLQ, held for whoever received it. */
export interface DeadMessage extends QueuedMessage {
  readonly receiptHandle: string;
}

/** A DLQ, of which a look is taken now and then: whoever looks hides from others what is there, and gives it back soon. */
export interface DeadLetterQueue {
  /** How many can be had, and how many somebody else holds: approximate, and hides nothing. */
  readonly count: () => Promise<{ readonly visible: number; readonly hidden: number }>;
  /** Up to ten messages, hidden from others for half a minute at most. None: there are no more that could be had. */
  readonly receive: () => Promise<readonly DeadMessage[]>;
  /** Lets others have them at once. */
  readonly giveBack: (messages: readonly DeadMessage[]) => Promise<void>;
  readonly remove: (messages: readonly DeadMessage[]) => Promise<void>;
}

/** A message where nothing is forgotten. */
export interface ArchivedMessage extends QueuedMessage {
  /** The name of its queue. */
  readonly queue: string;
}

/** Where messages are kept for longer than SQS keeps them. */
export interface MessageArchive {
  /** Keeps a message, once however often it is asked. @returns its place. */
  readonly put: (message: ArchivedMessage) => Promise<string>;
  /** Undefined where there is none, or none any more. */
  readonly get: (place: string) => Promise<ArchivedMessage | undefined>;
}
