import { listJobs } from '../../lib/api/list-jobs';
import { apiHandler } from '../runtime/http';
import { jobList } from '../shared/tables';

export const handler = apiHandler(listJobs(jobList()));
