import { planOfResume, type ResumePlanDeps } from '../core/engine/resume-plan-of';
import { RepriseError } from '../core/errors';
import { jobAt } from '../core/messages/address';
import { isOver } from '../core/model/outcome';
import { present } from '../core/model/present';
import type { MachineRequests } from '../core/ports/machines';
import type { JobList } from '../core/ports/registries';
import type { StreamReader, StreamSender } from '../core/ports/streams';
import { accessibleListedJob } from './access';
import { graphOf } from './graph-of';
import type { OwnedGraphs } from './owned-graphs';
import { requireRetryOf } from './retry-job';
import { commandOrigin, type Served, serve } from './route';
import { ROUTES } from './routes';
import { resumeBody } from './views/resume';

export interface ResumeJobDeps extends ResumePlanDeps {
  readonly jobs: Pick<JobList, 'get'>;
  readonly streams: StreamSender & StreamReader;
  /** Graphs as callers see them. */
  readonly owned: OwnedGraphs;
  /** Has the machines of another graph made. */
  readonly requests: Pick<MachineRequests, 'want'>;
}

/**
 * Resumes an ended job, or says what that would run. Another graph is kept for the owner of the job, as if they had
 * submitted it; a dry run keeps it as well, so that its hash can be sent next.
 */
export function resumeJob(deps: ResumeJobDeps): Served {
  const { jobs, streams, owned } = deps;
  return serve(ROUTES.resumeJob, async (request) => {
    const { body, caller, params } = request;
    const { jobId } = params;
    const job = await accessibleListedJob(caller, jobId, jobs);
    const { reason, from, dry_run } = body;
    const asked = { reason, ...present({ nodes: from }) };
    await requireRetryOf(streams, { jobId, job, asked }, request);
    // Lists may lag behind: the job itself says whether it is over.
    const fold = await streams.view(jobAt(jobId));
    const { status } = fold.state;
    if (!isOver(status)) throw notOver(jobId, status);
    const isOther = body.execution_graph !== undefined || body.graph_hash !== undefined;
    const { owner } = job;
    const graphHash = isOther ? (await graphOf(owned, body, { caller, owner })).hash : undefined;
    const order = present({ from, graphHash });
    const plan = await planOfResume(deps, { jobId, ...fold }, order);
    const answer = resumeBody(
      { jobId, status, graphHash: graphHash ?? fold.index.hash, isDryRun: dry_run },
      plan,
    );
    if (dry_run || (answer.runs === 0 && answer.gone.length === 0)) return { status: 200, body: answer };
    if (graphHash !== undefined) await deps.requests.want(graphHash, owner);
    const message = { type: 'resume' as const, reason, ...order };
    await streams.send({ to: jobAt(jobId), message }, commandOrigin('resume', request));
    return { status: 202, body: answer };
  });
}

function notOver(jobId: string, status: string): RepriseError {
  const message = `job ${jobId} is ${status}: wait for its end or cancel it, then resume it`;
  return new RepriseError('JOB_NOT_OVER', message, { context: { jobId, status } });
}
