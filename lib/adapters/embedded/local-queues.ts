import type { MessageEnvelope } from '../../core/engine/jobs';
import type { JobMessage } from '../../core/job/inputs';
import type { Actor } from '../../core/journal/envelope';
import type { InputQueues } from '../../core/ports';
import type { PoolMessage } from '../../core/scheduler/inputs';
import { createMailbox, type Mailbox, type Turn } from './mailbox';

export interface LocalQueuesDeps {
  readonly handleJob: (jobId: string, batch: readonly MessageEnvelope<JobMessage>[]) => Promise<void>;
  readonly handlePool: (poolId: string, batch: readonly MessageEnvelope<PoolMessage>[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly turn?: Turn;
}

export interface LocalQueues extends InputQueues {
  /** As `toJob`, with who sends it. Queued when it returns. */
  readonly send: (jobId: string, envelope: MessageEnvelope<JobMessage>) => void;
  /** Takes nothing more; what is queued is dropped, and follows from the journal again. */
  readonly close: () => void;
}

const ENGINE: Actor = { kind: 'engine', id: 'embedded' };

/** A mailbox per job and per pool, in this process. */
export function createLocalQueues(deps: LocalQueuesDeps): LocalQueues {
  const jobs = new Map<string, Mailbox<MessageEnvelope<JobMessage>>>();
  const pools = new Map<string, Mailbox<MessageEnvelope<PoolMessage>>>();
  let closed = false;

  function boxOf<M>(
    boxes: Map<string, Mailbox<M>>,
    id: string,
    handle: (id: string, batch: readonly M[]) => Promise<void>,
  ): Mailbox<M> {
    let box = boxes.get(id);
    if (!box) {
      const live = async (batch: readonly M[]) => (closed ? undefined : handle(id, batch));
      box = createMailbox(live, deps.onError, deps.turn);
      boxes.set(id, box);
    }
    return box;
  }

  function send(jobId: string, envelope: MessageEnvelope<JobMessage>): void {
    if (!closed) boxOf(jobs, jobId, deps.handleJob).push(envelope);
  }

  return {
    send,
    toJob: async (jobId, message, id) => send(jobId, { id, actor: ENGINE, message }),
    async toPool(poolId, message, id) {
      if (!closed) boxOf(pools, poolId, deps.handlePool).push({ id, actor: ENGINE, message });
    },
    close() {
      closed = true;
    },
  };
}
