import type { z } from 'zod';
import {
  cancelJobRequest,
  jobPriorityRequest,
  pauseJobRequest,
  unpauseJobRequest,
} from '../adapters/http/contract';
import { SCOPES } from '../core/access/scopes';
import type { JobMessage } from '../core/messages/job';
import type { JobInbox, JobList } from '../core/ports/stores';
import { jobParams, requireAccess } from './ownership';
import { type AnyRoute, none, type Route } from './route';

export interface JobCommandDeps {
  readonly jobs: Pick<JobList, 'get'>;
  readonly queues: JobInbox;
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

export function jobCommandRoutes(deps: JobCommandDeps): readonly AnyRoute[] {
  return [
    commandRoute(deps, 'cancel', cancelJobRequest, ({ reason }) => ({ type: 'cancel', reason })),
    commandRoute(deps, 'pause', pauseJobRequest, ({ reason }) => ({ type: 'pause', reason })),
    commandRoute(deps, 'unpause', unpauseJobRequest, ({ reason }) => ({ type: 'unpause', reason })),
    commandRoute(deps, 'priority', jobPriorityRequest, ({ priority }) => ({
      type: 'reprioritise',
      priority,
    })),
  ];
}
