import { z } from 'zod';
import type { JobList } from '../../lib/adapters/aws/dynamo-job-list';
import type { SqsInputQueues } from '../../lib/adapters/aws/sqs-input-queues';
import { cancelJobRequest } from '../../lib/adapters/http/contract';
import { SCOPES } from '../../lib/core/access/scopes';
import type { Route } from '../shared/http';
import { jobParams, requireAccess } from '../shared/ownership';

const none = z.looseObject({});

/** Asks for a cancellation. The answer says that it was asked for; the job tells when it is done. */
export function cancelJobRoute(deps: {
  readonly jobs: Pick<JobList, 'get'>;
  readonly queues: Pick<SqsInputQueues, 'sendToJob'>;
}): Route<typeof cancelJobRequest, typeof jobParams, typeof none> {
  return {
    name: 'POST /jobs/{jobId}/cancel',
    scopes: [SCOPES.jobs, SCOPES.admin],
    body: cancelJobRequest,
    params: jobParams,
    query: none,
    async handle({ body, caller, params: { jobId }, requestId, traceId }) {
      const job = await deps.jobs.get(jobId);
      requireAccess(caller, job.owner, jobId);
      await deps.queues.sendToJob(jobId, {
        id: `cancel/${requestId}`,
        actor: { kind: 'user', id: caller.subject },
        message: { type: 'cancel', reason: body.reason },
        traceId,
      });
      return { status: 202, body: { job_id: jobId, status: job.status } };
    },
  };
}
