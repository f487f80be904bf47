import type * as z from 'zod';
import type { putEventRequest } from '../contract/events';
import type { Caller } from '../core/access/scopes';
import type { Submission } from '../core/messages/job';
import { JOB_REQUESTED, localEnvelope, type NamedEvent } from '../core/messages/public-event';
import { present } from '../core/model/present';
import type { Clock } from '../core/model/time';
import { requirePriority } from './access';
import type { Correlation } from './correlation';
import { graphOf } from './graph-of';
import { readJobRequest } from './job-request';
import type { OwnedGraphs } from './owned-graphs';
import { requirePool } from './pools';
import { type Served, serve } from './route';
import { ROUTES } from './routes';
import { submissionOf } from './submission-of';
import type { SubmissionOrigin } from './submit';
import type { Admission } from './submit-job';

export interface PutEventDeps {
  /** Gives the event to the triggers that ask for it; resolves with the names of those that the caller may see. */
  readonly offer: (event: NamedEvent, caller: Caller) => Promise<readonly string[]>;
  readonly graphs: OwnedGraphs;
  readonly pools: readonly string[];
  readonly admission: Admission;
  readonly submit: (jobId: string, submission: Submission, origin: SubmissionOrigin) => Promise<unknown>;
  readonly clock: Clock;
}

/** Puts an event on the bus of this process. One that asks for a job is no event for triggers. */
export function putEvent(deps: PutEventDeps): Served {
  return serve(ROUTES.putEvent, async (call) => {
    const { body, requestId } = call;
    const event = { ...localEnvelope(deps.clock()), ...body, id: body.id ?? requestId };
    if (body['detail-type'] === JOB_REQUESTED) {
      const job_id = await request(deps, event, call);
      return { status: 202, body: { id: event.id, triggers: [], job_id } };
    }
    return { status: 202, body: { id: event.id, triggers: [...(await deps.offer(event, call.caller))] } };
  });
}

type Event = z.output<typeof putEventRequest> & { readonly id: string };

/** The job is of whoever calls, whatever name the event gives. */
async function request(
  deps: PutEventDeps,
  { id, source, detail }: Event,
  by: Correlation & { readonly caller: Caller },
): Promise<string> {
  const { jobId, owner, job } = readJobRequest({
    id,
    source,
    detail: { ...detail, requested_by: by.caller.subject },
  });
  requirePool(deps.pools, job.pool);
  requirePriority(by.caller, job.priority);
  const refused = await deps.admission(job.pool, owner);
  if (refused) throw refused;
  const { hash } = await graphOf(deps.graphs, job, { caller: by.caller, owner });
  const { traceId, correlationId, traceParent } = by;
  const submission = {
    ...submissionOf(job, { graphHash: hash, owner, now: deps.clock() }),
    ...present({ trace: traceParent }),
  };
  const actor = { kind: 'engine' as const, id: `event/${source}` };
  await deps.submit(jobId, submission, { requestId: id, traceId, correlationId, actor });
  return jobId;
}
