import type { MessageEnvelope } from '../../../core/engine/jobs';
import type { JobMessage } from '../../../core/messages/job';
import type { Actor } from '../../../core/journal/envelope';
import type { InputQueues } from '../../../core/ports/stores';
import type { PoolMessage } from '../../../core/messages/pool';
import type { JobInputBody, PoolInputBody, TriggerInputBody } from './queue-messages';
import { deduplicationId, type SendMessage } from './sender';

/** The port, and the same with an origin of one's own: a person, a worker. */
export interface SqsInputQueues extends InputQueues {
  readonly sendToJob: (jobId: string, envelope: MessageEnvelope<JobMessage>) => Promise<void>;
  readonly sendToPool: (poolId: string, envelope: MessageEnvelope<PoolMessage>) => Promise<void>;
}

/** Two FIFO queues, whose message group is the job or the pool, and one without order for triggers. */
export function createSqsInputQueues(queues: {
  readonly jobs: SendMessage;
  readonly pools: SendMessage;
  readonly triggers: SendMessage;
}): SqsInputQueues {
  const sendToJob: SqsInputQueues['sendToJob'] = (jobId, { id, actor, message, traceId }) => {
    const trace = traceId === undefined ? {} : { traceId };
    const body: JobInputBody = { jobId, message, id, actor, ...trace };
    return queues.jobs({ body, groupId: jobId, deduplicationId: deduplicationId(id, message) });
  };
  const sendToPool: SqsInputQueues['sendToPool'] = (poolId, { id, actor, message, traceId }) => {
    const trace = traceId === undefined ? {} : { traceId };
    const body: PoolInputBody = { poolId, message, id, actor, ...trace };
    return queues.pools({ body, groupId: poolId, deduplicationId: deduplicationId(id, message) });
  };
  return {
    sendToJob,
    sendToPool,
    toJob: (jobId, message, id) => sendToJob(jobId, { id, actor: senderOf(message, id), message }),
    toPool: (poolId, message, id) => sendToPool(poolId, { id, actor: engine(id), message }),
    toTrigger: (triggerId, message, id) => {
      const body: TriggerInputBody = { kind: 'input', triggerId, message, id, actor: engine(id) };
      return queues.triggers({ body });
    },
  };
}

function senderOf(message: JobMessage, id: string): Actor {
  return message.type === 'timerDue' ? { kind: 'timer', id: 'timers' } : engine(id);
}

/** An effect's id begins with the stream whose event required it. */
function engine(id: string): Actor {
  return { kind: 'engine', id: id.split('/').slice(0, 2).join('/') };
}
