import { readEnv } from '../runtime/env';
import { inputQueues } from '../shared/queues';
import { routedHandler } from '../runtime/routed';
import { workerCommandRoutes } from './routes';

export const handler = routedHandler(
  workerCommandRoutes({ queues: inputQueues(), pools: readEnv('POOL_NAMES').POOL_NAMES }),
);
