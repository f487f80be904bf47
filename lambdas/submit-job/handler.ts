import { ulid } from 'ulid';
import { submit } from '../../lib/api/submit';
import { submitJob } from '../../lib/api/submit-job';
import { isRepriseError } from '../../lib/core/errors';
import { readEnv } from '../runtime/env';
import { apiHandler } from '../shared/api';
import { dynamo } from '../shared/clients/dynamo';
import { streams } from '../shared/engine';
import { createIdempotencyStore } from '../shared/idempotency-store';
import { ownGraphs, perOwner } from '../shared/owner-quotas';
import { poolAdmission } from '../shared/pool-admission';
import { jobList, tableName } from '../shared/tables';
import { machineRequests } from '../shared/workflow';
import { idempotently } from './idempotent';

const env = readEnv('POOL_NAMES');

export const handler = apiHandler(
  perOwner(
    submitJob({
      graphs: ownGraphs(),
      requests: machineRequests(),
      newJobId: ulid,
      pools: env.POOL_NAMES,
      admission: poolAdmission(),
      isKnown,
      clock: Date.now,
      submit: idempotently(
        ({ jobId, submission, origin }) => submit(streams(), jobId, submission, origin),
        createIdempotencyStore(dynamo(), tableName()),
      ),
    }),
  ),
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
