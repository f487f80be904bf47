import { ulid } from 'ulid';
import { registerWorker } from '../../lib/api/workers';
import { readEnv } from '../runtime/env';
import { apiHandler } from '../shared/api';
import { inputQueues } from '../shared/queues';
import { engineSecret } from '../shared/secret';
import { workers } from '../shared/tables';
import { workerAddresses } from '../shared/worker-addresses';
import { socketUrl } from '../shared/worker-sockets';

export const handler = apiHandler(
  registerWorker({
    workers: workers(),
    streams: inputQueues(),
    secret: engineSecret,
    requireReachable: workerAddresses().require,
    socketUrl: socketUrl(),
    newRegistration: ulid,
    pools: readEnv('POOL_NAMES').POOL_NAMES,
    clock: Date.now,
  }),
);
