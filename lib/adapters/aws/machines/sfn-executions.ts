import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  type SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { isMachineOf } from '../../../core/dag/emit/machine-names';
import type { ExecutionSighting, ExecutionSightings, RunningExecution } from '../../../core/ports/sightings';
import { isNamed, upstream } from '../aws-errors';
import type { RecordedChoice, WorkflowChoices } from '../table/workflow-choices';
import { executionArn, unqualified } from './arns';

export interface SfnExecutionsOptions {
  readonly choices: Pick<WorkflowChoices, 'get'>;
  /** Begins the ARN of every machine of this environment. */
  readonly arnPrefix: string;
  /** The machine that runs any graph. */
  readonly graphRunnerArn: string;
}

/** Turns over which the machines of graphs are spread; the graph runner is looked at in each. */
const SPREAD = 12;
/** Step Functions takes up to a thousand of a page. */
const PAGE = 1_000;
const GONE = ['ExecutionDoesNotExist', 'StateMachineDoesNotExist'];

/** The executions of Step Functions. Those that run are found by machine, those of a job by its choice. */
export function createSfnExecutions(client: SFNClient, options: SfnExecutionsOptions): ExecutionSightings {
  const { choices, arnPrefix, graphRunnerArn } = options;

  async function describe(arn: string) {
    const command = new DescribeExecutionCommand({ executionArn: arn });
    try {
      return await upstream('Step Functions describe', () => client.send(command));
    } catch (error) {
      if (isNamed(error, ...GONE)) return undefined;
      throw error;
    }
  }

  async function* machines(turn: number): AsyncIterable<string> {
    yield graphRunnerArn;
    let nextToken: string | undefined;
    do {
      const command: ListStateMachinesCommand = new ListStateMachinesCommand({ maxResults: PAGE, nextToken });
      const page = await upstream('Step Functions list', () => client.send(command));
      for (const { stateMachineArn = '' } of page.stateMachines ?? [])
        if (isMachineOf(arnPrefix, stateMachineArn) && isDue(stateMachineArn, turn)) yield stateMachineArn;
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }

  async function* runningOn(stateMachineArn: string) {
    let nextToken: string | undefined;
    do {
      const of = { stateMachineArn, statusFilter: 'RUNNING', maxResults: PAGE, nextToken } as const;
      const command: ListExecutionsCommand = new ListExecutionsCommand(of);
      const page = await upstream('Step Functions list', () => client.send(command));
      yield page.executions ?? [];
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }

  /** An execution is named by its job, but for those of later runs: what it was started with says which. */
  async function jobOf(arn: string): Promise<string | undefined> {
    const input = (await describe(arn))?.input ?? '';
    try {
      const { jobId } = JSON.parse(input) as { readonly jobId?: unknown };
      return typeof jobId === 'string' ? jobId : undefined;
    } catch {
      return undefined;
    }
  }

  return {
    async of(jobId, run) {
      const recorded = await choices.get({ jobId, run });
      if (recorded?.stoppedAt !== undefined) return { status: 'stopped' };
      const arn = recorded && arnOf(recorded);
      if (arn === undefined) return { status: 'unstarted' };
      const found = await describe(arn);
      if (found) return sighted(arn, found);
      // One that was never begun is begun again; of one that was, Step Functions keeps nothing for ever.
      if (recorded?.executionArn === undefined) return { status: 'unstarted' };
      return { status: 'ended', ending: 'aborted', reason: 'there is no such execution any more' };
    },
    async *running(turn, live) {
      for await (const machine of machines(turn)) {
        for await (const page of runningOn(machine)) {
          const strangers = page.filter(({ name = '' }) => !live.has(name));
          const found: RunningExecution[] = [];
          for (const { executionArn: id = '', startDate } of strangers)
            found.push({ id, jobId: await jobOf(id), startedAt: startDate?.getTime() ?? 0 });
          if (found.length > 0) yield found;
        }
      }
    },
    async stop(id, cause) {
      const command = new StopExecutionCommand({ executionArn: id, error: 'Repaired', cause });
      try {
        await upstream('Step Functions stop', () => client.send(command));
      } catch (error) {
        if (!isNamed(error, ...GONE)) throw error;
      }
    },
  };
}

/** A machine of a graph is looked at in one turn of `SPREAD`, which its name says. */
function isDue(arn: string, turn: number): boolean {
  let sum = 0;
  for (const character of arn) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % SPREAD === turn % SPREAD;
}

function arnOf({ executionArn: known, stateMachineArn, executionName }: RecordedChoice): string | undefined {
  if (known !== undefined) return known;
  if (stateMachineArn === undefined || executionName === undefined) return undefined;
  return executionArn(unqualified(stateMachineArn), executionName);
}

function sighted(
  id: string,
  found: { readonly status?: string | undefined; readonly error?: string | undefined },
): ExecutionSighting {
  const { status = 'RUNNING', error } = found;
  const ending = status.toLowerCase();
  if (ending === 'timed_out' || ending === 'aborted' || ending === 'failed' || ending === 'succeeded')
    return { status: 'ended', ending, reason: error || `the execution was ${status}` };
  // Or it is about to run again.
  return { status: 'running', id };
}
