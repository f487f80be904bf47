import type { GraphsBody } from '../../lib/adapters/aws/queues/queue-messages';
import type { SendMessage } from '../../lib/adapters/aws/queues/sender';
import { isRepriseError } from '../../lib/core/errors';
import { present } from '../../lib/core/model/present';
import type { Random } from '../../lib/core/model/time';
import type { Workflow } from '../../lib/core/ports/effects';
import type { MachineRegistry } from '../../lib/core/ports/machines';
import { backoff } from '../../lib/core/retry/backoff';

export interface BuildDeps {
  readonly registry: Pick<MachineRegistry, 'ensure'>;
  readonly workflow: Pick<Workflow, 'start'>;
  /** Back to the queue that this comes from. */
  readonly send: SendMessage;
  readonly random: Random;
}

/** CreateStateMachine refills at about one a second: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const QUOTA_BACKOFF = {
  strategy: 'exponential',
  initialDelayMs: 4_000,
  maxDelayMs: 300_000,
  // Those that were refused together do not come back together, nor at once.
  jitter: 'equal',
} as const;

/**
 * Makes the machines of a graph and starts the job that waits for them. What Step Functions wants later goes back as a
 * new message: a full quota is no failure, and must not use up the receives that lead to the DLQ.
 */
export function createBuild(deps: BuildDeps): (body: GraphsBody) => Promise<'built' | 'later'> {
  return async ({ hash, jobId, tries }) => {
    try {
      await deps.registry.ensure(hash);
    } catch (error) {
      if (!isRepriseError(error, 'UPSTREAM_UNAVAILABLE')) throw error;
      const { delayMs } = backoff(QUOTA_BACKOFF, tries + 1, deps.random());
      const body = { hash, ...present({ jobId }), tries: tries + 1 };
      await deps.send({ body, delaySeconds: Math.ceil(delayMs / 1_000) });
      return 'later';
    }
    // Idempotent as every effect: a repeat of this message finds the execution.
    if (jobId !== undefined) await deps.workflow.start(jobId, hash);
    return 'built';
  };
}
