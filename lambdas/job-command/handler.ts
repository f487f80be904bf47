import { jobCommands } from '../../lib/api/job-commands';
import { reclassify } from '../../lib/api/reclassify';
import { routedHandler } from '../shared/api';
import { perOwner } from '../shared/owner-quotas';
import { inputQueues } from '../shared/queues';
import { jobList, journal } from '../shared/tables';

const deps = { jobs: jobList(), streams: inputQueues(), journal: journal(), clock: Date.now };

export const handler = routedHandler([...jobCommands(deps), reclassify(deps)].map(perOwner));
