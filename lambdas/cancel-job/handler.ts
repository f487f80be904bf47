import { apiHandler } from '../shared/http';
import { inputQueues } from '../shared/queues';
import { jobList } from '../shared/tables';
import { cancelJobRoute } from './route';

export const handler = apiHandler(cancelJobRoute({ jobs: jobList(), queues: inputQueues() }));
