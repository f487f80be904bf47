import { readEnv } from '../runtime/env';
import { apiHandler } from '../runtime/http';
import { inputQueues } from '../shared/queues';
import { changeQueueRoute } from './route';

export const handler = apiHandler(
  changeQueueRoute({ queues: inputQueues(), names: readEnv('POOL_NAMES').POOL_NAMES }),
);
