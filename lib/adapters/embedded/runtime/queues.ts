import type { MessageEnvelope } from '../../../core/engine/jobs';
import { RepriseError } from '../../../core/errors';
import type { JobMessage } from '../../../core/messages/job';
import type { Actor, Recorded } from '../../../core/journal/envelope';
import type { InputQueues } from '../../../core/ports/stores';
import type { PoolMessage } from '../../../core/messages/pool';
import type { TriggerMessage } from '../../../core/messages/trigger';
import { createMailbox, type Mailbox, type Turn } from './mailbox';

/** Handles messages in order; what it returns, whoever asked is told. */
type Handle<M> = (
  id: string,
  batch: readonly MessageEnvelope<M>[],
) => Promise<readonly Recorded[]> | Promise<void>;

export interface LocalQueuesDeps {
  readonly handleJob: Handle<JobMessage>;
  readonly handlePool: Handle<PoolMessage>;
  /** Without it nobody listens to triggers: this process has none. */
  readonly handleTrigger?: Handle<TriggerMessage>;
  readonly onError: (error: unknown) => void;
  readonly turn?: Turn;
}

/** Puts a message into its queue and resolves with what it caused, durable and its effects performed. */
export type Ask<M> = (id: string, envelope: MessageEnvelope<M>) => Promise<readonly Recorded[]>;

export interface LocalQueues extends InputQueues {
  /** As `toJob`, with who sends it. Queued when it returns. */
  readonly send: (jobId: string, envelope: MessageEnvelope<JobMessage>) => void;
  /** @throws RepriseError UPSTREAM_UNAVAILABLE once closed, or what handling the message throws. */
  readonly askJob: Ask<JobMessage>;
  /** As `askJob`. */
  readonly askTrigger: Ask<TriggerMessage>;
  /**
   * Takes nothing more; what is queued is dropped, and follows from the journal again. Resolves when what is being
   * handled is done.
   */
  readonly close: () => Promise<void>;
}

/** A message in a mailbox, and where its answer goes if somebody waits for one. */
type Letter<M> = MessageEnvelope<M> & {
  readonly answer?: Answer;
};

interface Answer {
  readonly done: (events: readonly Recorded[]) => void;
  readonly failed: (error: unknown) => void;
}

const ENGINE: Actor = { kind: 'engine', id: 'embedded' };

/** A mailbox per job, pool and trigger, in this process. */
export function createLocalQueues(deps: LocalQueuesDeps): LocalQueues {
  let closed = false;
  const handling = new Set<Promise<void>>();
  const asking = new Set<Answer>();

  function onError(error: unknown): void {
    if (!closed) deps.onError(error);
  }

  function boxes<M>(handle: Handle<M>): (id: string, letter: Letter<M>) => void {
    const known = new Map<string, Mailbox<Letter<M>>>();
    const live = async (id: string, batch: readonly Letter<M>[]) => {
      if (closed) return;
      try {
        const events = (await handle(id, batch)) ?? [];
        tell(batch, ({ done }, { id: causeId }) => done(events.filter((event) => event.causeId === causeId)));
      } catch (error) {
        tell(batch, ({ failed }) => failed(error));
        throw error;
      }
    };
    return (id, letter) => {
      let box = known.get(id);
      if (!box) {
        box = createMailbox((batch) => noted(live(id, batch)), onError, deps.turn);
        known.set(id, box);
      }
      box.push(letter);
    };
  }

  function tell<M>(batch: readonly Letter<M>[], how: (answer: Answer, letter: Letter<M>) => void): void {
    for (const letter of batch) {
      if (letter.answer && asking.delete(letter.answer)) how(letter.answer, letter);
    }
  }

  function noted(work: Promise<void>): Promise<void> {
    const ended = work.finally(() => handling.delete(ended));
    handling.add(ended);
    return ended;
  }

  const jobs = boxes(deps.handleJob);
  const pools = boxes(deps.handlePool);
  const triggers = boxes(deps.handleTrigger ?? (async () => {}));

  function ask<M>(push: (id: string, letter: Letter<M>) => void): Ask<M> {
    return (id, envelope) =>
      new Promise((done, failed) => {
        if (closed) return failed(shutDown());
        const answer = { done, failed };
        asking.add(answer);
        push(id, { ...envelope, answer });
      });
  }

  function send(jobId: string, envelope: MessageEnvelope<JobMessage>): void {
    if (!closed) jobs(jobId, envelope);
  }

  return {
    send,
    askJob: ask(jobs),
    askTrigger: ask(triggers),
    toJob: async (jobId, message, id) => send(jobId, { id, actor: ENGINE, message }),
    async toPool(poolId, message, id) {
      if (!closed) pools(poolId, { id, actor: ENGINE, message });
    },
    async toTrigger(triggerId, message, id) {
      if (!closed && deps.handleTrigger) triggers(triggerId, { id, actor: ENGINE, message });
    },
    async close() {
      closed = true;
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
