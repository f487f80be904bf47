import { ulid } from 'ulid';
import { isRepriseError } from '../../lib/core/errors';
import { dynamo } from '../shared/clients/dynamo';
import { jobEngine } from '../shared/engine';
import { readEnv } from '../shared/env';
import { apiHandler } from '../shared/http';
import { createIdempotencyStore } from '../shared/idempotency-store';
import { graphs } from '../shared/objects';
import { effectPorts } from '../shared/ports';
import { jobList, poolQueues, tableName } from '../shared/tables';
import { count, logger } from '../shared/telemetry';
import { machineRequests } from '../shared/workflow';
import { admission } from './admission';
import { idempotently } from './idempotent';
import { submitJobRoute } from './route';
import { submit } from './submit';

const env = readEnv('POOL_NAMES', 'MAX_WAITING_JOBS');

export const handler = apiHandler(
  submitJobRoute({
    graphs: graphs(),
    requests: machineRequests(),
    newJobId: ulid,
    pools: env.POOL_NAMES,
    admission: admission({
      queues: poolQueues(),
      publisher: { publish: (event) => effectPorts().publisher.publish(event) },
      maxWaitingJobs: env.MAX_WAITING_JOBS,
      clock: Date.now,
      onUnannounced: (error) => logger.warn('an overload was not announced', { error: error as Error }),
    }),
    isKnown,
    clock: Date.now,
    submit: idempotently(
      ({ jobId, submission, origin }) => submit(jobEngine(), jobId, submission, origin),
      createIdempotencyStore(dynamo(), tableName()),
    ),
    onSubmitted: () => count('JobsSubmitted'),
  }),
);

async function isKnown(jobId: string): Promise<boolean> {
  try {
    await jobList().get(jobId);
    return true;
  } catch (error) {
    if (isRepriseError(error, 'JOB_NOT_FOUND')) return false;
    throw error;
  }
}
