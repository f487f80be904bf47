import { ListExecutionsCommand, ListStateMachinesCommand } from '@aws-sdk/client-sfn';
import { localClients } from '../../../lib/localcloud/clients';
import { history } from '../../../lib/localcloud/executions';
import type { LocalEnvironment } from './local-environment';

export interface Execution {
  /** Name of its state machine. */
  readonly machine: string;
  readonly arn: string;
  /** The job's id in a root execution. */
  readonly name: string;
  readonly status: string;
}

/** Names of the environment's state machines. */
export async function machineNames({ deployment }: LocalEnvironment): Promise<string[]> {
  const { sfn } = localClients(deployment.endpoint);
  const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({ maxResults: 1_000 }));
  return stateMachines.flatMap(({ name }) => name ?? []).sort();
}

/** Executions of the machines whose name begins so. */
export async function executionsOf(local: LocalEnvironment, machine = 'reprise-'): Promise<Execution[]> {
  const { sfn } = localClients(local.deployment.endpoint);
  const names = (await machineNames(local)).filter((name) => name.startsWith(machine));
  const lists = await Promise.all(
    names.map(async (name) => {
      const stateMachineArn = `${local.deployment.machineArnPrefix.replace(/[^:]*$/, '')}${name}`;
      const { executions = [] } = await sfn.send(
        new ListExecutionsCommand({ stateMachineArn, maxResults: 1_000 }),
      );
      return executions.map((found) => ({
        machine: name,
        arn: found.executionArn ?? '',
        name: found.name ?? '',
        status: found.status ?? '',
      }));
    }),
  );
  return lists.flat();
}

/** The execution that a job was started as, whichever machine runs it. */
export async function executionOfJob(local: LocalEnvironment, jobId: string): Promise<Execution | undefined> {
  return (await executionsOf(local)).find(({ name }) => name === jobId);
}

/** Tasks that executions scheduled. */
export async function tasksOf(local: LocalEnvironment, executions: readonly Execution[]): Promise<number> {
  const { sfn } = localClients(local.deployment.endpoint);
  const events = await Promise.all(executions.map(({ arn }) => history(sfn, arn)));
  return events.flat().filter(({ type }) => type === 'TaskScheduled').length;
}
