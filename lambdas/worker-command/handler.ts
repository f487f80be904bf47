import { readEnv } from '../shared/env';
import { inputQueues } from '../shared/queues';
import { routedHandler } from '../shared/routed';
import { workerCommandRoutes } from './routes';

export const handler = routedHandler(
  workerCommandRoutes({ queues: inputQueues(), pools: readEnv('POOL_NAMES').POOL_NAMES }),
);
