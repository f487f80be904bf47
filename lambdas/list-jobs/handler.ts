import { listJobs } from '../../lib/api/list-jobs';
import { apiHandler } from '../shared/api';
import { perOwner } from '../shared/owner-quotas';
import { jobList } from '../shared/tables';

export const handler = apiHandler(perOwner(listJobs(jobList())));
