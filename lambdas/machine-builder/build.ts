import type { GraphsBody } from '../../lib/adapters/aws/queues/queue-messages';
import type { SendMessage } from '../../lib/adapters/aws/queues/sender';
import { isRepriseError } from '../../lib/core/errors';
import type { Random } from '../../lib/core/model/time';
import type { MachineRegistry } from '../../lib/core/ports/machines';
import { backoff } from '../../lib/core/retry/backoff';

export interface BuildDeps {
  readonly registry: Pick<MachineRegistry, 'ensure' | 'refuse'>;
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

/** Tries until what Step Functions wants later is no matter of a moment: about a quarter of an hour. */
const MAX_TRIES = 9;

/**
 * Makes the machines of a graph. What Step Functions wants later goes back as a new message: a full quota is no failure,
 * and must not use up the receives that lead to the DLQ. What is over the budget, or wanted later for too long, is given
 * up: the graph runner runs the graph.
 */
export function createBuild({ registry, send, random }: BuildDeps) {
  return async ({ hash, tries }: GraphsBody): Promise<'built' | 'later' | 'refused'> => {
    try {
      await registry.ensure(hash);
      return 'built';
    } catch (error) {
      const isLater = isRepriseError(error, 'UPSTREAM_UNAVAILABLE');
      if (!isLater && !isRepriseError(error, 'QUOTA_EXCEEDED')) throw error;
      if (!isLater || tries + 1 >= MAX_TRIES) {
        await registry.refuse(hash);
        return 'refused';
      }
      const { delayMs } = backoff(QUOTA_BACKOFF, tries + 1, random());
      await send({ body: { hash, tries: tries + 1 }, delaySeconds: Math.ceil(delayMs / 1_000) });
      return 'later';
    }
  };
}
