import { changeQueue } from '../../lib/api/queues';
import { readEnv } from '../runtime/env';
import { apiHandler } from '../runtime/http';
import { inputQueues } from '../shared/queues';

export const handler = apiHandler(
  changeQueue({ streams: inputQueues(), pools: readEnv('POOL_NAMES').POOL_NAMES }),
);
