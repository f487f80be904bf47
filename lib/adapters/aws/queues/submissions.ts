import type { Submissions } from '../../../core/ports/effects';
import type { SubmissionBody } from './queue-messages';
import type { SendMessage } from './sender';

/** Hands jobs of triggers to the queue `triggers`, whose consumer submits them as a caller would. */
export function createSqsSubmissions(send: SendMessage): Submissions {
  return {
    submit: async (jobId, submission, id) => {
      const body: SubmissionBody = { kind: 'submission', jobId, submission, id };
      await send({ body });
    },
  };
}
