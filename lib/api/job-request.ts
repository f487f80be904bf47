import * as z from 'zod';
import { submitJobRequest } from '../contract/jobs';
import { parse } from '../contract/read';
import { LIMITS } from '../core/limits';
import { line } from '../core/model/bounded';
import { jobIdOf } from './job-id';

/**
 * `detail` of `orchestration.job.requested`: the body of `POST /jobs`, and who asks. Whoever may put events on the bus
 * may ask in anybody's name.
 */
const asked = z.looseObject({
  requested_by: line(LIMITS.sourceLength).min(1).optional(),
  /** Two events with the same key are the same job; without one, each event is a job. */
  idempotency_key: line(255).min(1).optional(),
});

export interface JobRequest {
  readonly jobId: string;
  readonly owner: string;
  readonly job: z.output<typeof submitJobRequest>;
}

/** @throws RepriseError INPUT_INVALID with the path of every problem. */
export function readJobRequest(event: {
  readonly id: string;
  readonly source: string;
  readonly detail: unknown;
}): JobRequest {
  const { requested_by, idempotency_key, ...body } = parse(asked, event.detail);
  const owner = requested_by ?? `event:${event.source}`;
  return { jobId: jobIdOf(owner, idempotency_key ?? event.id), owner, job: parse(submitJobRequest, body) };
}
