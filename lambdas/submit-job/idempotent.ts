import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';
import type { Accepted } from '../../lib/api/submit';
import type { SubmitJobDeps } from '../../lib/api/submit-job';
import { RepriseError } from '../../lib/core/errors';

type Submit = SubmitJobDeps['submit'];
type Request = Parameters<Submit>[0];

/** How long a repeat is answered from the table, in seconds. Later repeats find the job itself. */
const REMEMBERED_SECONDS = 24 * 3_600;

/**
 * Answers a repeat under an `Idempotency-Key` without deciding it again, and refuses one that arrives while the first
 * is under way. What makes a repeat the same job is its id; this saves the work and the race.
 */
export function idempotently(submit: Submit, persistenceStore: BasePersistenceLayer): Submit {
  const config = new IdempotencyConfig({ expiresAfterSeconds: REMEMBERED_SECONDS });
  const run = makeIdempotent(
    // The content is part of the key: the same key with another content must reach the check that refuses it.
    async (
      _content: { jobId: string; submission: Omit<Request['submission'], 'deadlineAt' | 'trace'> },
      request: Request,
    ): Promise<Accepted> => {
      const { jobId, status } = await submit(request);
      return { jobId, status };
    },
    {
      persistenceStore,
      config,
    },
  );
  return async (request) => {
    if (!request.isKeyed) return submit(request);
    const { jobId, submission } = request;
    // Both differ with every repeat, as one counts from each and the other names its call; the first one's hold.
    const { deadlineAt: _deadlineAt, trace: _trace, ...content } = submission;
    // Tells how long the mark of a submission under way holds: without it a crash would refuse repeats for a day.
    config.registerLambdaContext({ getRemainingTimeInMillis: request.remainingMs } as Context);
    try {
      return (await run({ jobId, submission: content }, request)) as Accepted;
    } catch (error) {
      if (error instanceof IdempotencyAlreadyInProgressError) {
        throw new RepriseError('UPSTREAM_UNAVAILABLE', `job ${jobId} is being submitted`, { cause: error });
      }
      throw (error as Error).cause instanceof RepriseError ? (error as Error).cause : error;
    }
  };
}
