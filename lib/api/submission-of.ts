import type * as z from 'zod';
import type { submitJobRequest } from '../contract/jobs';
import type { Submission } from '../core/messages/job';
import { present } from '../core/model/present';

/** What a request submits. Its deadline counts from `now`, milliseconds since the epoch. */
export function submissionOf(
  { priority, pool, deadline, parameters, type: jobType }: z.output<typeof submitJobRequest>,
  { graphHash, owner, now }: { readonly graphHash: string; readonly owner: string; readonly now: number },
): Submission {
  const deadlineAt = deadline === undefined ? undefined : now + deadline;
  return { graphHash, owner, priority, pool, ...present({ deadlineAt, parameters, jobType }) };
}
