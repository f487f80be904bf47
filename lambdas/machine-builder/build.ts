import type { MachineRegistry } from '../../lib/adapters/aws/machines/registry';
import type { GraphsBody } from '../../lib/adapters/aws/queues/queue-messages';
import type { SendMessage } from '../../lib/adapters/aws/queues/sender';
import { isRepriseError } from '../../lib/core/errors';
import type { Random, Workflow } from '../../lib/core/ports/stores';

export interface BuildDeps {
  readonly registry: Pick<MachineRegistry, 'ensure'>;
  readonly workflow: Pick<Workflow, 'start'>;
  /** Back to the queue that this comes from. */
  readonly send: SendMessage;
  readonly random: Random;
}

/** CreateStateMachine refills at about one a second: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const FIRST_DELAY_SECONDS = 4;
const MAX_DELAY_SECONDS = 300;

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
      const waits = jobId === undefined ? {} : { jobId };
      await deps.send({
        body: { hash, ...waits, tries: tries + 1 },
        delaySeconds: delayOf(tries, deps.random),
      });
      return 'later';
    }
    // Idempotent as every effect: a repeat of this message finds the execution.
    if (jobId !== undefined) await deps.workflow.start(jobId, hash);
    return 'built';
  };
}

/** Doubles, with half of it at random: those that were refused together do not come back together. */
function delayOf(tries: number, random: Random): number {
  const longest = Math.min(MAX_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** tries);
  return Math.ceil(longest * (0.5 + random() / 2));
}
