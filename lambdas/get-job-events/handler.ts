import { getJobEvents } from '../../lib/api/get-job-events';
import { apiHandler } from '../runtime/http';
import { jobList, journal } from '../shared/tables';

export const handler = apiHandler(getJobEvents({ jobs: jobList(), journal: journal() }));
