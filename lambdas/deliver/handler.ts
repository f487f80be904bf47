import { deliveriesBody } from '../../lib/adapters/aws/queues/queue-messages';
import { deliverOnce } from '../../lib/core/engine/delivering';
import { queueHandler } from '../runtime/queue';
import { logger } from '../runtime/telemetry';
import { deliverer, notificationRules } from '../shared/notifications';
import { inputQueues, intake } from '../shared/queues';
import { reader } from '../shared/readers';

const streams = { ...reader(), send: inputQueues().send };
const deps = { streams, config: notificationRules, deliverer: deliverer(), clock: Date.now, log: logger };

export const handler = queueHandler('deliveries', deliveriesBody, intake(), (ref) => deliverOnce(deps, ref));
