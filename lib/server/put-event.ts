import type { z } from 'zod';
import type { NamedEvent } from '../adapters/embedded/triggers/triggers';
import { type PutEventResponse, putEventRequest } from '../contract/events';
import { graphOf } from '../api/graph-of';
import { readJobRequest } from '../api/job-request';
import { requirePool } from '../api/pools';
import { none, type Route } from '../api/route';
import { submissionOf } from '../api/submission-of';
import type { SubmissionOrigin } from '../api/submit';
import { SCOPES } from '../core/access/scopes';
import { JOB_REQUESTED } from '../core/messages/public-event';
import type { Submission } from '../core/messages/job';
import type { Clock, GraphStore } from '../core/ports/stores';

export interface PutEventDeps {
  /** Gives the event to the triggers that ask for it; resolves with their names. */
  readonly offer: (event: NamedEvent) => Promise<readonly string[]>;
  readonly graphs: GraphStore;
  readonly pools: readonly string[];
  readonly submit: (jobId: string, submission: Submission, origin: SubmissionOrigin) => Promise<unknown>;
  readonly clock: Clock;
}

/** Puts an event on the bus of this process. One that asks for a job is no event for triggers. */
export function putEventRoute(deps: PutEventDeps): Route<typeof putEventRequest, typeof none, typeof none> {
  return {
    name: 'POST /events',
    scopes: [SCOPES.jobs, SCOPES.admin],
    body: putEventRequest,
    params: none,
    query: none,
    async handle({ body, caller, requestId, traceId }) {
      const event = { ...body, id: body.id ?? requestId, time: new Date(deps.clock()).toISOString() };
      const response: PutEventResponse =
        body['detail-type'] === JOB_REQUESTED
          ? {
              id: event.id,
              triggers: [],
              job_id: await request(deps, event, { owner: caller.subject, traceId }),
            }
          : { id: event.id, triggers: [...(await deps.offer(event))] };
      return { status: 202, body: response };
    },
  };
}

type Event = z.output<typeof putEventRequest> & { readonly id: string };

/** Whoever may call this daemon is its one user: the job is theirs, whatever name the event gives. */
async function request(
  deps: PutEventDeps,
  { id, source, detail }: Event,
  by: { readonly owner: string; readonly traceId: string },
): Promise<string> {
  const { jobId, owner, job } = readJobRequest({ id, source, detail: { ...detail, requested_by: by.owner } });
  requirePool(deps.pools, job.pool);
  const { hash } = await graphOf(deps.graphs, job);
  const submission = submissionOf(job, { graphHash: hash, owner, now: deps.clock() });
  const actor = { kind: 'engine' as const, id: `event/${source}` };
  await deps.submit(jobId, submission, { requestId: id, traceId: by.traceId, actor });
  return jobId;
}
