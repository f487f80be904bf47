import { getJobEvents } from '../../lib/api/get-job-events';
import { apiHandler } from '../shared/api';
import { perOwner } from '../shared/owner-quotas';
import { jobList, journal } from '../shared/tables';

export const handler = apiHandler(perOwner(getJobEvents({ jobs: jobList(), journal: journal() })));
