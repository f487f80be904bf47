import { getJobEvents } from '../../lib/api/get-job-events';
import { getStreamEvents } from '../../lib/api/get-stream-events';
import { routedHandler } from '../shared/api';
import { perOwner } from '../shared/owner-quotas';
import { jobList, journal } from '../shared/tables';

export const handler = routedHandler(
  [getJobEvents({ jobs: jobList(), journal: journal() }), getStreamEvents(journal())].map(perOwner),
);
