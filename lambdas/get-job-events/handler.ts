import { apiHandler } from '../shared/http';
import { jobList, journal } from '../shared/tables';
import { getJobEventsRoute } from './route';

export const handler = apiHandler(getJobEventsRoute({ jobs: jobList(), journal: journal() }));
