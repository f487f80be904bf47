import type { RepriseError } from '../core/errors';
import type { Submission } from '../core/messages/job';
import { present } from '../core/model/present';
import type { Clock } from '../core/model/time';
import type { MachineRequests } from '../core/ports/machines';
import { requirePriority } from './access';
import { graphOf } from './graph-of';
import { IDEMPOTENCY_KEY, idempotencyKeyOf } from './idempotency';
import { jobIdOf } from './job-id';
import type { OwnedGraphs } from './owned-graphs';
import { requirePool } from './pools';
import { type Served, serve } from './route';
import { ROUTES } from './routes';
import { submissionOf } from './submission-of';
import type { Accepted, SubmissionOrigin } from './submit';

/**
 * Whether the pool takes one more job, and one more of this owner. Submissions that are under way at the same time do not see each other, so the
 * queue may come to hold a few more than its bound.
 * @returns why not, or undefined.
 */
export type Admission = (pool: string, owner: string) => Promise<RepriseError | undefined>;

export interface SubmitJobDeps {
  readonly graphs: OwnedGraphs;
  /** Has the graph's own machines made, while its first job may run on the graph runner. */
  readonly requests: Pick<MachineRequests, 'want'>;
  readonly newJobId: () => string;
  readonly pools: readonly string[];
  readonly admission: Admission;
  /** Whether a job with this id was submitted before. */
  readonly isKnown: (jobId: string) => Promise<boolean>;
  readonly clock: Clock;
  /** Submits; a repeat of the same submission is answered with the same job. */
  readonly submit: (request: {
    readonly jobId: string;
    readonly submission: Submission;
    readonly origin: SubmissionOrigin;
  }) => Promise<Accepted>;
}

export function submitJob(deps: SubmitJobDeps): Served {
  return serve(ROUTES.submitJob, async (request) => {
    const { body, caller, requestId, traceId, correlationId, traceParent, header } = request;
    requirePool(deps.pools, body.pool);
    requirePriority(caller, body.priority);
    const owner = caller.subject;
    const key = idempotencyKeyOf(header(IDEMPOTENCY_KEY));
    const jobId = key === undefined ? deps.newJobId() : jobIdOf(owner, key);
    const refused = await deps.admission(body.pool, owner);
    // A repeat adds nothing to the queue: it is answered as it was.
    if (refused && (key === undefined || !(await deps.isKnown(jobId)))) throw refused;
    const { hash, graph } = await graphOf(deps.graphs, body, { caller, owner });
    await deps.requests.want(hash, owner);
    const submission = {
      ...submissionOf(body, { graphHash: hash, owner, now: deps.clock() }),
      ...present({ trace: traceParent }),
    };
    const origin = { requestId, traceId, correlationId };
    const { status } = await deps.submit({ jobId, submission, origin });
    return { status: 202, body: { job_id: jobId, status, graph_hash: hash, nodes: graph.nodes.length } };
  });
}
