import type { z } from 'zod';
import type { submitJobRequest } from '../adapters/http/contract';
import type { Submission } from '../core/messages/job';

/** What a request submits. Its deadline counts from `now`, milliseconds since the epoch. */
export function submissionOf(
  { priority, pool, deadline, parameters }: z.output<typeof submitJobRequest>,
  { graphHash, owner, now }: { readonly graphHash: string; readonly owner: string; readonly now: number },
): Submission {
  return {
    ...{ graphHash, owner, priority, pool },
    ...(deadline === undefined ? {} : { deadlineAt: now + deadline }),
    ...(parameters === undefined ? {} : { parameters }),
  };
}
