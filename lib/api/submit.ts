import { isDeepStrictEqual } from 'node:util';
import { RepriseError } from '../core/errors';
import type { Actor } from '../core/journal/envelope';
import { jobAt } from '../core/messages/address';
import type { Submission } from '../core/messages/job';
import type { JobStatus } from '../core/model/outcome';
import { present } from '../core/model/present';
import type { JobFold, StreamAsker, StreamReader } from '../core/ports/streams';

/** Where a submission comes from; its owner, unless an actor is named. */
export interface SubmissionOrigin {
  readonly requestId: string;
  readonly traceId: string;
  readonly correlationId?: string;
  readonly actor?: Actor;
}

export interface Accepted {
  readonly jobId: string;
  readonly status: JobStatus;
}

/** Submits a job, or finds it submitted already with the same content. @throws RepriseError JOB_EXISTS */
export async function submit(
  streams: StreamAsker & StreamReader,
  jobId: string,
  submission: Submission,
  { requestId, traceId, correlationId, actor = { kind: 'user', id: submission.owner } }: SubmissionOrigin,
): Promise<Accepted> {
  const message = { type: 'submit' as const, ...submission };
  const events = await streams.ask(
    { to: jobAt(jobId), message },
    { id: `submit/${requestId}`, actor, ...present({ traceId, correlationId }) },
  );
  if (events.length > 0) return { jobId, status: 'submitted' };
  return sameSubmission(jobId, await streams.view(jobAt(jobId)), submission);
}

/**
 * The job of an earlier submission. The deadline is no part of its content: it is counted from the submission, and the
 * first one holds.
 * @throws RepriseError JOB_EXISTS when the id belongs to another content.
 */
export function sameSubmission(
  jobId: string,
  { state: { submitted, status } }: JobFold,
  submission: Submission,
): Accepted {
  const isSame =
    submitted?.graphHash === submission.graphHash &&
    submitted.owner === submission.owner &&
    submitted.priority === submission.priority &&
    submitted.pool === submission.pool &&
    (submission.jobType === undefined || submitted.jobType === submission.jobType) &&
    isDeepStrictEqual(submitted.parameters, submission.parameters);
  if (isSame) return { jobId, status };
  throw new RepriseError(
    'JOB_EXISTS',
    `the Idempotency-Key was used for job ${jobId} with another content: use a new key for a new job`,
    { context: { jobId } },
  );
}
