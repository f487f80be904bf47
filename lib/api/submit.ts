import { isDeepStrictEqual } from 'node:util';
import type { JobEngine } from '../core/engine/jobs';
import { RepriseError } from '../core/errors';
import type { Submission } from '../core/messages/job';
import type { Actor } from '../core/journal/envelope';

/** Where a submission comes from; its owner, unless an actor is named. */
export interface SubmissionOrigin {
  readonly requestId: string;
  readonly traceId: string;
  readonly actor?: Actor;
}

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
  origin: SubmissionOrigin,
): Promise<Accepted> {
  const events = await jobs.handle(jobId, [
    {
      id: `submit/${origin.requestId}`,
      actor: origin.actor ?? { kind: 'user', id: submission.owner },
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
    submitted.pool === submission.pool &&
    isDeepStrictEqual(submitted.parameters, submission.parameters);
  if (isSame) return { jobId, status: state.status };
  throw new RepriseError(
    'JOB_EXISTS',
    `the Idempotency-Key was used for job ${jobId} with another content: use a new key for a new job`,
    { context: { jobId } },
  );
}
