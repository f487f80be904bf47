import { apiHandler } from '../shared/http';
import { workers } from '../shared/tables';
import { workerHeartbeatRoute } from './route';

export const handler = apiHandler(workerHeartbeatRoute({ workers: workers(), clock: Date.now }));
