import { readEnv } from '../runtime/env';
import { apiHandler } from '../runtime/http';
import { inputQueues } from '../shared/queues';
import { engineSecret } from '../shared/secret';
import { workers } from '../shared/tables';
import { registerWorkerRoute } from './route';

export const handler = apiHandler(
  registerWorkerRoute({
    workers: workers(),
    queues: inputQueues(),
    secret: engineSecret,
    pools: readEnv('POOL_NAMES').POOL_NAMES,
    clock: Date.now,
  }),
);
