import { workerCommands } from '../../lib/api/workers';
import { readEnv } from '../runtime/env';
import { routedHandler } from '../shared/api';
import { perOwner } from '../shared/owner-quotas';
import { inputQueues } from '../shared/queues';

export const handler = routedHandler(
  workerCommands({ streams: inputQueues(), pools: readEnv('POOL_NAMES').POOL_NAMES }).map(perOwner),
);
