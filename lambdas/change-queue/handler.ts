import { changeQueue } from '../../lib/api/queues';
import { readEnv } from '../runtime/env';
import { apiHandler } from '../shared/api';
import { perOwner } from '../shared/owner-quotas';
import { inputQueues } from '../shared/queues';
import { reader } from '../shared/readers';

export const handler = apiHandler(
  perOwner(
    changeQueue({
      ...{ streams: inputQueues(), view: reader().view },
      pools: readEnv('POOL_NAMES').POOL_NAMES,
    }),
  ),
);
