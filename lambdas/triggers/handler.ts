import { submit } from '../../lib/api/submit';
import { WORKFLOW_LOST } from '../../lib/core/messages/public-event';
import { readEnv } from '../runtime/env';
import { queueHandler } from '../runtime/queue';
import { count, logger } from '../runtime/telemetry';
import { streams } from '../shared/engine';
import { graphs } from '../shared/objects';
import { ownGraphs } from '../shared/owner-quotas';
import { poolAdmission } from '../shared/pool-admission';
import { effectPorts } from '../shared/ports';
import { inputQueues, intake, triggersSender } from '../shared/queues';
import { jobList } from '../shared/tables';
import { machineRequests } from '../shared/workflow';
import { consumeTriggers } from './consume';
import { asDelivered, deliveredBody } from './raw-event';

const consume = consumeTriggers({
  streams: streams(),
  graphs: graphs(),
  owned: ownGraphs(),
  requests: machineRequests(),
  pools: readEnv('POOL_NAMES').POOL_NAMES,
  admission: poolAdmission(),
  submit: (jobId, submission, origin) => submit(streams(), jobId, submission, origin),
  queues: inputQueues(),
  publisher: effectPorts().publisher,
  send: triggersSender(),
  clock: Date.now,
  random: Math.random,
  jobs: jobList(),
  onLost: (jobId, reason) => {
    count('WorkflowsLost');
    logger.error(WORKFLOW_LOST, { jobId, reason });
  },
});

export const handler = queueHandler(
  'triggers',
  deliveredBody,
  intake(),
  (body, { messageId, messageAttributes }) =>
    consume(asDelivered(body, messageAttributes['RULE_ARN']?.stringValue), { id: `sqs/${messageId}` }),
);
