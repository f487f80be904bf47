import { changeQueue } from '../../lib/api/queues';
import { readEnv } from '../runtime/env';
import { apiHandler } from '../shared/api';
import { perOwner } from '../shared/owner-quotas';
import { inputQueues } from '../shared/queues';

export const handler = apiHandler(
  perOwner(changeQueue({ streams: inputQueues(), pools: readEnv('POOL_NAMES').POOL_NAMES })),
);
