import { getQueue } from '../../lib/api/queues';
import { readEnv } from '../runtime/env';
import { apiHandler } from '../shared/api';
import { perOwner } from '../shared/owner-quotas';
import { reader } from '../shared/readers';
import { letterList } from '../shared/tables';

const env = readEnv('POOL_NAMES', 'MAX_WAITING_JOBS');

export const handler = apiHandler(
  perOwner(
    getQueue({
      ...{ view: reader().view, pools: env.POOL_NAMES, maxWaitingJobs: env.MAX_WAITING_JOBS },
      letters: letterList(),
    }),
  ),
);
