import { RepriseError } from '../../../core/errors';
import type { Recorded } from '../../../core/journal/envelope';
import {
  type Address,
  type Delivery,
  type Messages,
  type StreamKind,
  streamOf,
} from '../../../core/messages/address';
import type { MessageEnvelope, Origin } from '../../../core/messages/envelope';
import type { Events, StreamAsker, StreamSender } from '../../../core/ports/streams';
import { createMailbox, type Mailbox, type Turn } from './mailbox';

type AnyMessage = Messages[StreamKind];

export interface LocalQueuesDeps {
  /** Handles messages of one stream in order; what it returns, whoever asked is told. */
  readonly handle: (
    to: Address,
    batch: readonly MessageEnvelope<AnyMessage>[],
  ) => Promise<readonly Recorded[]>;
  readonly onError: (error: unknown) => void;
  readonly turn?: Turn | undefined;
}

/**
 * A mailbox per stream, in this process. Once it is closed nothing is sent any more, and to ask fails with RepriseError
 * UPSTREAM_UNAVAILABLE.
 */
export interface LocalQueues extends StreamSender, StreamAsker {
  /** Resolves when nothing that was sent to streams of a kind waits to be handled, or nothing is handled any more. */
  readonly drained: (kind: StreamKind) => Promise<void>;
  /**
   * Takes nothing more; what is queued is dropped, and follows from the journal again. Resolves when what is being
   * handled is done.
   */
  readonly close: () => Promise<void>;
}

/** A message in a mailbox, and where its answer goes if somebody waits for one. */
type Waiting = MessageEnvelope<AnyMessage> & { readonly answer?: Answer };

interface Answer {
  readonly done: (events: readonly Recorded[]) => void;
  readonly failed: (error: unknown) => void;
}

export function createLocalQueues(deps: LocalQueuesDeps): LocalQueues {
  let closed = false;
  let failed = false;
  /** Who waits for mailboxes to be empty. */
  const draining: (() => void)[] = [];
  const boxes = new Map<string, Mailbox<Waiting>>();
  const handling = new Set<Promise<void>>();
  const asking = new Set<Answer>();

  function onError(error: unknown): void {
    failed = true;
    lookAgain();
    if (!closed) deps.onError(error);
  }

  function lookAgain(): void {
    for (const look of draining.splice(0)) look();
  }

  async function handle(to: Address, batch: readonly Waiting[]): Promise<void> {
    if (closed) return;
    try {
      const events = await deps.handle(to, batch);
      tell(batch, ({ done }, { id }) => done(events.filter(({ causeId }) => causeId === id)));
    } catch (error) {
      tell(batch, ({ failed }) => failed(error));
      throw error;
    }
  }

  function tell(batch: readonly Waiting[], how: (answer: Answer, message: Waiting) => void): void {
    for (const message of batch) {
      if (message.answer && asking.delete(message.answer)) how(message.answer, message);
    }
  }

  function noted(work: Promise<void>): Promise<void> {
    const ended = work.finally(() => handling.delete(ended));
    handling.add(ended);
    return ended;
  }

  function push({ to, message }: Delivery, origin: Origin, answer?: Answer): void {
    const stream = streamOf(to);
    let box = boxes.get(stream);
    if (!box) {
      // Streams come and go; a mailbox is there while something is in it.
      const onIdle = () => {
        boxes.delete(stream);
        lookAgain();
      };
      box = createMailbox((batch) => noted(handle(to, batch)), onError, deps.turn, onIdle);
      boxes.set(stream, box);
    }
    box.push({ ...origin, message, ...(answer && { answer }) });
  }

  return {
    async send(delivery, origin) {
      if (!closed) push(delivery, origin);
    },
    ask: <K extends StreamKind>(delivery: Delivery<K>, origin: Origin) =>
      new Promise<readonly Recorded<Events[K]>[]>((resolve, failed) => {
        if (closed) return failed(shutDown());
        const answer: Answer = { done: resolve as Answer['done'], failed };
        asking.add(answer);
        push(delivery as Delivery, origin, answer);
      }),
    async drained(kind) {
      const isOpen = () => [...boxes.keys()].some((stream) => stream.startsWith(`${kind}/`));
      while (!closed && !failed && isOpen()) await new Promise<void>((look) => draining.push(look));
    },
    async close() {
      closed = true;
      lookAgain();
      // Some would wait for ever, as what is queued is dropped, and others would wait for them.
      for (const { failed } of asking) failed(shutDown());
      asking.clear();
      await Promise.allSettled(handling);
    },
  };
}

function shutDown(): RepriseError {
  return new RepriseError('UPSTREAM_UNAVAILABLE', 'the engine is shutting down');
}
