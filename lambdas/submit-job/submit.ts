import type { JobEngine } from '../../lib/core/engine/jobs';
import { RepriseError } from '../../lib/core/errors';
import type { JobMessage } from '../../lib/core/job/inputs';

export type Submission = Omit<Extract<JobMessage, { type: 'submit' }>, 'type'>;

export interface Accepted {
  readonly jobId: string;
  readonly status: string;
}

/**
 * Submits a job, or finds it submitted already with the same content. The deadline is no part of that: it is counted
 * from the submission, and the first one holds.
 * @throws RepriseError JOB_EXISTS when the id belongs to another content.
 */
export async function submit(
  jobs: Pick<JobEngine, 'handle' | 'view'>,
  jobId: string,
  submission: Submission,
  origin: { readonly requestId: string; readonly traceId: string },
): Promise<Accepted> {
  const events = await jobs.handle(jobId, [
    {
      id: `submit/${origin.requestId}`,
      actor: { kind: 'user', id: submission.owner },
      message: { type: 'submit', ...submission },
      traceId: origin.traceId,
    },
  ]);
  if (events.length > 0) return { jobId, status: 'submitted' };
  const { state } = await jobs.view(jobId);
  const { submitted } = state;
  const isSame =
    submitted?.graphHash === submission.graphHash &&
    submitted.owner === submission.owner &&
    submitted.priority === submission.priority &&
    submitted.pool === submission.pool;
  if (isSame) return { jobId, status: state.status };
  throw new RepriseError(
    'JOB_EXISTS',
    `the Idempotency-Key was used for job ${jobId} with another content: use a new key for a new job`,
    { context: { jobId } },
  );
}
