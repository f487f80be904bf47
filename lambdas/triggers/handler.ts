import { triggersBody } from '../../lib/adapters/aws/queues/queue-messages';
import { submit } from '../../lib/api/submit';
import { jobEngine, triggerEngine } from '../shared/engine';
import { readEnv } from '../runtime/env';
import { graphs } from '../shared/objects';
import { poolAdmission } from '../shared/pool-admission';
import { effectPorts } from '../shared/ports';
import { queueHandler } from '../runtime/queue';
import { inputQueues, triggersSender } from '../shared/queues';
import { count } from '../runtime/telemetry';
import { machineRequests } from '../shared/workflow';
import { consumeTriggers } from './consume';

const consume = consumeTriggers({
  triggers: triggerEngine(),
  graphs: graphs(),
  requests: machineRequests(),
  pools: readEnv('POOL_NAMES').POOL_NAMES,
  admission: poolAdmission(),
  submit: (jobId, submission, origin) => submit(jobEngine(), jobId, submission, origin),
  queues: inputQueues(),
  publisher: effectPorts().publisher,
  send: triggersSender(),
  clock: Date.now,
  onSubmitted: () => count('JobsSubmitted'),
});

export const handler = queueHandler('triggers', triggersBody, (body, record) =>
  consume(body, { id: `sqs/${record.messageId}` }),
);
