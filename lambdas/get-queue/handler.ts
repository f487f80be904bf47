import { getQueue, listQueues } from '../../lib/api/queues';
import { readEnv } from '../runtime/env';
import { routedHandler } from '../shared/api';
import { perOwner } from '../shared/owner-quotas';
import { reader } from '../shared/readers';
import { letterList } from '../shared/tables';

const env = readEnv('POOL_NAMES', 'MAX_WAITING_JOBS');

const queues = { view: reader().view, pools: env.POOL_NAMES, maxWaitingJobs: env.MAX_WAITING_JOBS };

export const handler = routedHandler(
  [listQueues(queues), getQueue({ ...queues, letters: letterList() })].map(perOwner),
);
