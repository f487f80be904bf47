import { jobCommands } from '../../lib/api/job-commands';
import { routedHandler } from '../runtime/routed';
import { perOwner } from '../shared/owner-quotas';
import { inputQueues } from '../shared/queues';
import { jobList } from '../shared/tables';

export const handler = routedHandler(jobCommands({ jobs: jobList(), streams: inputQueues() }).map(perOwner));
