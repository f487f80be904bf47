import { createMachineChoice } from '../../lib/adapters/aws/machines/choice';
import { createMachineRequests } from '../../lib/adapters/aws/machines/requests';
import { createSfnWorkflow } from '../../lib/adapters/aws/machines/sfn-workflow';
import { machineName } from '../../lib/core/dag/emit/machine-names';
import type { Workflow } from '../../lib/core/ports/effects';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { sfn } from './clients/sfn';
import { sfnMachines } from './machines';
import { graphs } from './objects';
import { graphsSender } from './queues';
import { graphRecords, workflowChoices } from './tables';

export const machineRequests = once(() =>
  createMachineRequests({ records: graphRecords(), send: graphsSender(), clock: Date.now }),
);

/** Step Functions as the workflow, wired from the environment. */
export const workflow = once((): Workflow => {
  const env = readEnv('GRAPH_RUNNER_ARN', 'STATE_MACHINE_ARN_PREFIX');
  const common = { graphs: graphs(), graphRunnerArn: env.GRAPH_RUNNER_ARN, clock: Date.now };
  return createSfnWorkflow(sfn(), {
    ...common,
    choices: workflowChoices(),
    choose: createMachineChoice({
      ...common,
      records: graphRecords(),
      machines: sfnMachines(),
      ownArn: (hash) => machineName(env.STATE_MACHINE_ARN_PREFIX, hash),
    }),
    startLater: (jobId, hash) => machineRequests().startLater(jobId, hash),
  });
});
