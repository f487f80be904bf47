import { heartbeat } from '../../lib/api/workers';
import { apiHandler } from '../shared/api';
import { inputQueues } from '../shared/queues';
import { workers } from '../shared/tables';

export const handler = apiHandler(heartbeat({ workers: workers(), streams: inputQueues(), clock: Date.now }));
