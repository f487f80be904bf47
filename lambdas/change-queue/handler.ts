import { readEnv } from '../shared/env';
import { apiHandler } from '../shared/http';
import { inputQueues } from '../shared/queues';
import { changeQueueRoute } from './route';

export const handler = apiHandler(
  changeQueueRoute({ queues: inputQueues(), names: readEnv('POOL_NAMES').POOL_NAMES }),
);
