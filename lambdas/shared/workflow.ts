import { createMachineChoice } from '../../lib/adapters/aws/machines/choice';
import { createMachineRequests } from '../../lib/adapters/aws/machines/requests';
import { createSfnWorkflow } from '../../lib/adapters/aws/machines/sfn-workflow';
import { machineName } from '../../lib/core/dag/emit/machine-names';
import { isRepriseError } from '../../lib/core/errors';
import type { Workflow } from '../../lib/core/ports/effects';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { sfn } from './clients/sfn';
import { sfnMachines } from './machines';
import { takeMachines } from './owner-quotas';
import { graphsSender } from './queues';
import { graphRecords, workflowChoices } from './tables';

/** Nobody is refused a job for that: without machines of its own a graph runs on the generic one. */
async function mayMake(owner: string, hash: string): Promise<boolean> {
  if (readEnv('MACHINE_FORM').MACHINE_FORM === 'compact') return false;
  try {
    await takeMachines()(owner, hash);
    return true;
  } catch (error) {
    if (isRepriseError(error, 'QUOTA_EXCEEDED')) return false;
    throw error;
  }
}

export const machineRequests = once(() =>
  createMachineRequests({ records: graphRecords(), send: graphsSender(), mayMake, clock: Date.now }),
);

/** Step Functions as the workflow, wired from the environment. */
export const workflow = once((): Workflow => {
  const env = readEnv('GRAPH_RUNNER_ARN', 'MACHINE_ARN_PREFIX', 'MACHINE_FORM');
  const common = { graphRunnerArn: env.GRAPH_RUNNER_ARN, clock: Date.now };
  return createSfnWorkflow(sfn(), {
    ...common,
    choices: workflowChoices(),
    choose: createMachineChoice({
      ...common,
      form: env.MACHINE_FORM,
      records: graphRecords(),
      machines: sfnMachines(),
      ownArn: (hash) => machineName(env.MACHINE_ARN_PREFIX, hash),
    }),
    startable: sfnMachines().startable,
  });
});
