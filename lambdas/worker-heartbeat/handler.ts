import { apiHandler } from '../runtime/http';
import { inputQueues } from '../shared/queues';
import { workers } from '../shared/tables';
import { workerHeartbeatRoute } from './route';

export const handler = apiHandler(
  workerHeartbeatRoute({ workers: workers(), queues: inputQueues(), clock: Date.now }),
);
