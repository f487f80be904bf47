import { createEventBridgePublisher } from '../../lib/adapters/aws/events/publisher';
import { lessonsBody } from '../../lib/adapters/aws/queues/queue-messages';
import { learnFrom } from '../../lib/core/engine/learning';
import { alarming } from '../runtime/alarming';
import { readEnv } from '../runtime/env';
import { queueHandler } from '../runtime/queue';
import { count } from '../runtime/telemetry';
import { eventBridge } from '../shared/clients/event-bridge';
import { graphs } from '../shared/objects';
import { intake } from '../shared/queues';
import { history, journal } from '../shared/tables';

const publisher = alarming(
  createEventBridgePublisher(eventBridge(), readEnv('EVENT_BUS_NAME').EVENT_BUS_NAME),
);
const deps = { journal: journal(), graphs: graphs(), history: history(), publisher };

export const handler = queueHandler('lessons', lessonsBody, intake(), async ({ event }) => {
  await learnFrom(deps, event.detail.jobId);
  count('JobsLearned');
});
