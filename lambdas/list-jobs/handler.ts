import { apiHandler } from '../shared/http';
import { jobList } from '../shared/tables';
import { listJobsRoute } from './route';

export const handler = apiHandler(listJobsRoute(jobList()));
