import { createMachineRegistry } from '../../lib/adapters/aws/machines/registry';
import { createSfnMachines } from '../../lib/adapters/aws/machines/sfn-machines';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { sfn } from './clients/sfn';
import { compilations, graphs } from './objects';
import { graphRecords } from './tables';

/** State machines made at run time, wired from the environment. */
export const sfnMachines = once(() => {
  const env = readEnv('MACHINE_ROLE_ARN', 'MACHINE_LOG_ARN', 'MACHINE_VERSIONS');
  return createSfnMachines(sfn(), {
    roleArn: env.MACHINE_ROLE_ARN,
    logGroupArn: env.MACHINE_LOG_ARN,
    versions: env.MACHINE_VERSIONS === 'on',
  });
});

export const machineRegistry = once(() => {
  const env = readEnv('MACHINE_ARN_PREFIX', 'JOBS_QUEUE_URL', 'MACHINE_BUDGET');
  return createMachineRegistry({
    graphs: graphs(),
    compilations: compilations(),
    records: graphRecords(),
    machines: sfnMachines(),
    arnPrefix: env.MACHINE_ARN_PREFIX,
    jobsQueueUrl: env.JOBS_QUEUE_URL,
    budget: env.MACHINE_BUDGET,
    clock: Date.now,
  });
});
