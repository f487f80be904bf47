import type { GraphsBody } from '../../lib/adapters/aws/queues/queue-messages';
import type { Workflow } from '../../lib/core/ports/effects';
import type { MachineRegistry } from '../../lib/core/ports/machines';

export interface BuildDeps {
  readonly registry: Pick<MachineRegistry, 'ensure'>;
  readonly workflow: Pick<Workflow, 'start'>;
}

/**
 * Makes the machines of a graph and starts the job that waits for them. CreateStateMachine refills at about one a second:
 * what it does not take yet the queue brings again, more slowly each time.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 * @throws RepriseError UPSTREAM_UNAVAILABLE when the quota is used up for now.
 */
export function createBuild({ registry, workflow }: BuildDeps): (body: GraphsBody) => Promise<void> {
  return async ({ hash, jobId }) => {
    await registry.ensure(hash);
    // Idempotent as every effect: a repeat of this message finds the execution.
    if (jobId !== undefined) await workflow.start(jobId, hash);
  };
}
