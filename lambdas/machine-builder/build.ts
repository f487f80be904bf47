import type { GraphsBody } from '../../lib/adapters/aws/queues/queue-messages';
import { isRepriseError } from '../../lib/core/errors';
import type { MachineRegistry } from '../../lib/core/ports/machines';

export interface BuildDeps {
  readonly registry: Pick<MachineRegistry, 'ensure' | 'refuse'>;
}

/**
 * Tries until what Step Functions wants later is no matter of a moment. CreateStateMachine refills at about one a second,
 * and the queue brings the message again more slowly each time: that is about a quarter of an hour.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const MAX_TRIES = 14;

/**
 * Makes the machines of a graph. What is over the budget, or wanted later for too long, is given up: the graph runner runs
 * the graph.
 * @throws RepriseError UPSTREAM_UNAVAILABLE when the quota is used up for now: the queue brings it again.
 */
export function createBuild({ registry }: BuildDeps) {
  /** @param tries how often the message was received, this time included. */
  return async ({ hash }: GraphsBody, tries: number): Promise<'built' | 'refused'> => {
    try {
      await registry.ensure(hash);
      return 'built';
    } catch (error) {
      const isFull = isRepriseError(error, 'QUOTA_EXCEEDED');
      if (!isFull && !(isRepriseError(error, 'UPSTREAM_UNAVAILABLE') && tries >= MAX_TRIES)) throw error;
      await registry.refuse(hash);
      return 'refused';
    }
  };
}
