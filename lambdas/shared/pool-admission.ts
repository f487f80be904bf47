import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { logger } from '../runtime/telemetry';
import { admission } from './admission';
import { effectPorts } from './ports';
import { jobList, poolQueues } from './tables';

/** Whether pools take more jobs, wired from the environment. */
export const poolAdmission = once(() =>
  admission({
    queues: poolQueues(),
    jobs: jobList(),
    maxWaitingOfOwner: readEnv('QUOTAS').QUOTAS.waitingJobs,
    publisher: { publish: (event) => effectPorts().publisher.publish(event) },
    maxWaitingJobs: readEnv('MAX_WAITING_JOBS').MAX_WAITING_JOBS,
    clock: Date.now,
    onUnannounced: (error) => logger.warn('an overload was not announced', { error: error as Error }),
  }),
);
