import { jobCommandRoutes } from '../../lib/api/job-commands';
import { inputQueues } from '../shared/queues';
import { routedHandler } from '../runtime/routed';
import { jobList } from '../shared/tables';

export const handler = routedHandler(jobCommandRoutes({ jobs: jobList(), queues: inputQueues() }));
