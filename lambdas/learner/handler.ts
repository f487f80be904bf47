import { lessonsBody } from '../../lib/adapters/aws/queues/queue-messages';
import { learnFrom } from '../../lib/core/engine/learning';
import { queueHandler } from '../runtime/queue';
import { count } from '../runtime/telemetry';
import { graphs } from '../shared/objects';
import { intake } from '../shared/queues';
import { history, journal } from '../shared/tables';

const deps = { journal: journal(), graphs: graphs(), history: history() };

export const handler = queueHandler('lessons', lessonsBody, intake(), async ({ event }) => {
  await learnFrom(deps, event.detail.jobId);
  count('JobsLearned');
});
