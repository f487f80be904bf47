import { listJobs } from '../../lib/api/list-jobs';
import { apiHandler } from '../runtime/http';
import { perOwner } from '../shared/owner-quotas';
import { jobList } from '../shared/tables';

export const handler = apiHandler(perOwner(listJobs(jobList())));
