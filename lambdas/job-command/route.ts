import { z } from 'zod';
import type { JobList } from '../../lib/adapters/aws/dynamo-job-list';
import type { SqsInputQueues } from '../../lib/adapters/aws/sqs-input-queues';
import {
  cancelJobRequest,
  jobPriorityRequest,
  pauseJobRequest,
  unpauseJobRequest,
} from '../../lib/adapters/http/contract';
import { SCOPES } from '../../lib/core/access/scopes';
import type { JobMessage } from '../../lib/core/job/inputs';
import type { Route } from '../shared/http';
import { jobParams, requireAccess } from '../shared/ownership';

const none = z.looseObject({});

export interface JobCommandDeps {
  readonly jobs: Pick<JobList, 'get'>;
  readonly queues: Pick<SqsInputQueues, 'sendToJob'>;
}

/** Asks a job for something. The answer says that it was asked for; the job tells when it is done. */
function commandRoute<Body extends z.ZodType>(
  { jobs, queues }: JobCommandDeps,
  command: string,
  body: Body,
  messageOf: (body: z.output<Body>) => JobMessage,
): Route<Body, typeof jobParams, typeof none> {
  return {
    name: `POST /jobs/{jobId}/${command}`,
    scopes: [SCOPES.jobs, SCOPES.admin],
    body,
    params: jobParams,
    query: none,
    async handle({ body, caller, params: { jobId }, requestId, traceId }) {
      const job = await jobs.get(jobId);
      requireAccess(caller, job.owner, jobId);
      await queues.sendToJob(jobId, {
        id: `${command}/${requestId}`,
        actor: { kind: 'user', id: caller.subject },
        message: messageOf(body),
        traceId,
      });
      return { status: 202, body: { job_id: jobId, status: job.status } };
    },
  };
}

export const cancelRoute = (deps: JobCommandDeps) =>
  commandRoute(deps, 'cancel', cancelJobRequest, ({ reason }) => ({ type: 'cancel', reason }));

export const pauseRoute = (deps: JobCommandDeps) =>
  commandRoute(deps, 'pause', pauseJobRequest, ({ reason }) => ({ type: 'pause', reason }));

export const unpauseRoute = (deps: JobCommandDeps) =>
  commandRoute(deps, 'unpause', unpauseJobRequest, ({ reason }) => ({ type: 'unpause', reason }));

export const priorityRoute = (deps: JobCommandDeps) =>
  commandRoute(deps, 'priority', jobPriorityRequest, ({ priority }) => ({ type: 'reprioritise', priority }));
