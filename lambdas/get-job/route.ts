import { z } from 'zod';
import { SCOPES } from '../../lib/core/access/scopes';
import type { JobEngine } from '../../lib/core/engine/jobs';
import type { Route } from '../shared/http';
import { jobParams, requireAccess } from '../shared/ownership';
import { jobViewBody } from './view';

const none = z.looseObject({});

export function getJobRoute(
  jobs: Pick<JobEngine, 'view'>,
): Route<typeof none, typeof jobParams, typeof none> {
  return {
    name: 'GET /jobs/{jobId}',
    scopes: [SCOPES.jobs, SCOPES.admin],
    body: none,
    params: jobParams,
    query: none,
    async handle({ caller, params: { jobId } }) {
      const view = await jobs.view(jobId);
      requireAccess(caller, view.state.submitted?.owner, jobId);
      return { status: 200, body: jobViewBody(jobId, view) };
    },
  };
}
