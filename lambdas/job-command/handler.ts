import { inputQueues } from '../shared/queues';
import { jobList } from '../shared/tables';
import { jobCommands } from './commands';

export const handler = jobCommands({ jobs: jobList(), queues: inputQueues() });
