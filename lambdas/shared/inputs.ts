import type { SQSRecord } from 'aws-lambda';
import {
  type JobInputBody,
  jobInputBody,
  type PoolInputBody,
  poolInputBody,
} from '../../lib/adapters/aws/queues/queue-messages';
import type { MessageEnvelope } from '../../lib/core/engine/jobs';
import type { JobMessage } from '../../lib/core/messages/job';
import type { PoolMessage } from '../../lib/core/messages/pool';

/** @throws when the message is no input of the job that its group names. */
export function parseJobInput(record: SQSRecord): MessageEnvelope<JobMessage> {
  const body = jobInputBody.parse(JSON.parse(record.body));
  return envelopeOf(record, body, body.jobId);
}

/** @throws when the message is no input of the pool that its group names. */
export function parsePoolInput(record: SQSRecord): MessageEnvelope<PoolMessage> {
  const body = poolInputBody.parse(JSON.parse(record.body));
  return envelopeOf(record, body, body.poolId);
}

function envelopeOf<Message>(
  record: SQSRecord,
  body: (JobInputBody | PoolInputBody) & { readonly message: Message },
  target: string,
): MessageEnvelope<Message> {
  const group = record.attributes.MessageGroupId;
  if (group !== target) throw new Error(`a message for ${target} came in the group ${group}`);
  const { id, actor, message, traceId } = body;
  return {
    id: id ?? `sqs/${record.messageId}`,
    // Only the state machines send without saying who they are.
    actor: actor ?? { kind: 'workflow', id: 'step-functions' },
    message,
    ...(traceId === undefined ? {} : { traceId }),
  };
}
