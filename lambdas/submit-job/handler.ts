import { ulid } from 'ulid';
import { submit } from '../../lib/api/submit';
import { submitJob } from '../../lib/api/submit-job';
import { isRepriseError } from '../../lib/core/errors';
import { readEnv } from '../runtime/env';
import { apiHandler } from '../shared/api';
import { streams } from '../shared/engine';
import { ownGraphs, perOwner } from '../shared/owner-quotas';
import { poolAdmission } from '../shared/pool-admission';
import { jobList } from '../shared/tables';
import { machineRequests } from '../shared/workflow';

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
      submit: ({ jobId, submission, origin }) => submit(streams(), jobId, submission, origin),
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
