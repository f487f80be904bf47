import { isRepriseError, RepriseError } from '../core/errors';
import { misfit } from '../core/job/fits';
import { nodeById } from '../core/job/nodes';
import { jobAt } from '../core/messages/address';
import { present } from '../core/model/present';
import type { JobList, ListedJob } from '../core/ports/registries';
import type { StreamReader, StreamSender } from '../core/ports/streams';
import { accessibleListedJob, requireRetry } from './access';
import { type Commanding, commandOrigin, type Served, serve } from './route';
import { ROUTES } from './routes';

export interface RetryJobDeps {
  readonly jobs: Pick<JobList, 'get'>;
  readonly streams: StreamSender & StreamReader<'job'>;
}

/**
 * Asks for what failed to be tried again. What the caller, or the job, may not have is refused, and that is journalled in
 * the job with who asked and why.
 */
export function retryJob({ jobs, streams }: RetryJobDeps): Served {
  return serve(ROUTES.retryJob, async (request) => {
    const { body, caller, params } = request;
    const { jobId } = params;
    const job = await accessibleListedJob(caller, jobId, jobs);
    const { reason, nodes, level } = body;
    const asked = { reason, ...present({ nodes, level }) };
    await requireRetryOf(streams, { jobId, job, asked }, request);
    const why = misfit('retry', job.status);
    if (why) throw new RepriseError('STATE_CONFLICT', why, { context: { jobId, state: job.status } });
    await unlessRefused(streams, { jobId, asked }, request, () => requireNodes(streams, jobId, nodes ?? []));
    const message = { type: 'retry' as const, ...asked };
    await streams.send({ to: jobAt(jobId), message }, commandOrigin('retry', request));
    return { status: 202, body: { job_id: jobId, status: job.status } };
  });
}

/** @throws RepriseError NODE_NOT_FOUND that names each of them that the job has not. */
async function requireNodes(
  { view }: StreamReader<'job'>,
  jobId: string,
  nodes: readonly string[],
): Promise<void> {
  if (nodes.length === 0) return;
  const { index, state } = await view(jobAt(jobId));
  const problems = nodes.flatMap((nodeId, i) => {
    if (nodeById(index, state, nodeId)) return [];
    const message = `the job has no node ${nodeId}: check the id`;
    return [{ code: 'NODE_NOT_FOUND' as const, path: `nodes[${i}]`, message }];
  });
  const [first] = problems;
  if (first) throw new RepriseError('NODE_NOT_FOUND', first.message, { problems, context: { jobId } });
}

/**
 * What a caller may not have tried again is refused, and that is journalled in the job.
 * @throws RepriseError FORBIDDEN
 */
export function requireRetryOf(
  streams: StreamSender,
  { job, ...asked }: RetryAsked & { readonly job: Pick<ListedJob, 'jobType'> },
  by: Commanding,
): Promise<void> {
  const { level } = asked.asked;
  return unlessRefused(streams, asked, by, async () =>
    requireRetry(by.caller, job.jobType ?? 'STANDARD', level),
  );
}

/** Tells the job who asked for what it refuses, and why. */
async function unlessRefused(
  streams: StreamSender,
  { jobId, asked }: RetryAsked,
  by: Commanding,
  check: () => Promise<void>,
): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!isRepriseError(error, 'FORBIDDEN') && !isRepriseError(error, 'NODE_NOT_FOUND')) throw error;
    const message = { type: 'retryRefused' as const, ...asked, why: error.message };
    await streams.send({ to: jobAt(jobId), message }, commandOrigin('retryRefused', by));
    throw error;
  }
}

interface RetryAsked {
  readonly jobId: string;
  readonly asked: { readonly reason: string; readonly nodes?: readonly string[]; readonly level?: number };
}
