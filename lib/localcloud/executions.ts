import {
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';

export interface ExecutionSummary {
  readonly machine: string;
  /** The job's id. */
  readonly name: string;
  readonly status: string;
  readonly startedAt: Date | undefined;
  readonly tasks: { readonly scheduled: number; readonly succeeded: number; readonly failed: number };
}

/** Executions of the environment's state machines, newest first. */
export async function executions(
  sfn: SFNClient,
  machineArnPrefix: string,
  limit = 10,
): Promise<ExecutionSummary[]> {
  const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({}));
  const arns = stateMachines.flatMap(({ stateMachineArn }) => stateMachineArn ?? []);
  const ours = arns.filter((arn) => arn.startsWith(machineArnPrefix));
  const lists = await Promise.all(
    ours.map(async (stateMachineArn) => {
      const list = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: limit }));
      return list.executions ?? [];
    }),
  );
  const newest = lists
    .flat()
    .sort((a, b) => Number(b.startDate ?? 0) - Number(a.startDate ?? 0))
    .slice(0, limit);
  return Promise.all(
    newest.map(async ({ executionArn = '', stateMachineArn = '', name = '', status = '', startDate }) => ({
      machine: stateMachineArn.split(':').at(-1) ?? stateMachineArn,
      name,
      status,
      startedAt: startDate,
      tasks: countTasks(await history(sfn, executionArn)),
    })),
  );
}

/** The whole history of an execution. */
export async function history(sfn: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const command: GetExecutionHistoryCommand = new GetExecutionHistoryCommand({
      executionArn,
      maxResults: 1_000,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    const page = await sfn.send(command);
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return events;
}

function countTasks(events: readonly HistoryEvent[]): ExecutionSummary['tasks'] {
  const count = (type: string) => events.filter((event) => event.type === type).length;
  return {
    scheduled: count('TaskScheduled'),
    succeeded: count('TaskSucceeded'),
    failed: count('TaskFailed'),
  };
}
