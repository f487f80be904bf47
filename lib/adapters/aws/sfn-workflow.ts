import {
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { RepriseError } from '../../core/errors';
import type { GraphStore, NodeAnswer, Workflow } from '../../core/ports';
import { isNamed, upstream } from './aws-errors';
import { runnerInput } from './graph-runner-input';

export interface SfnWorkflowOptions {
  /** The machine of a graph is this and the first 40 hex digits of the graph's hash. */
  readonly machineArnPrefix: string;
  /** Runs any graph: it enters every node that its input lists. */
  readonly graphRunnerArn: string;
  readonly graphs: GraphStore;
  /** Which graph a job runs. */
  readonly graphHashOf: (jobId: string) => Promise<string>;
}

/** Errors that say a token has been answered, or that nobody waits for it any more. */
const ANSWERED = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];
/** Step Functions ends a cause at 32,768 characters. */
const MAX_CAUSE = 32_000;

/** Step Functions as the workflow. An execution is named by its job, so a second start finds the first. */
export function createSfnWorkflow(client: SFNClient, options: SfnWorkflowOptions): Workflow {
  async function start(stateMachineArn: string, jobId: string, input: string): Promise<boolean> {
    const command = new StartExecutionCommand({ stateMachineArn, name: jobId, input });
    try {
      await upstream('Step Functions start', () => client.send(command));
      return true;
    } catch (error) {
      if (isNamed(error, 'ExecutionAlreadyExists')) return true;
      if (isNamed(error, 'StateMachineDoesNotExist')) return false;
      throw error;
    }
  }

  async function stopOne(stateMachineArn: string, jobId: string, cause: string): Promise<void> {
    const command = new StopExecutionCommand({
      executionArn: executionArn(stateMachineArn, jobId),
      error: 'JobCancelled',
      cause,
    });
    try {
      await upstream('Step Functions stop', () => client.send(command));
    } catch (error) {
      if (!isNamed(error, 'ExecutionDoesNotExist', 'StateMachineDoesNotExist')) throw error;
    }
  }

  async function answer(command: SendTaskSuccessCommand | SendTaskFailureCommand): Promise<void> {
    try {
      await upstream('Step Functions answer', () =>
        command instanceof SendTaskSuccessCommand ? client.send(command) : client.send(command),
      );
    } catch (error) {
      if (!isNamed(error, ...ANSWERED)) throw error;
    }
  }

  return {
    async start(jobId, graphHash) {
      if (await start(machineArn(options, graphHash), jobId, JSON.stringify({ jobId }))) return;
      const input = runnerInput(jobId, await options.graphs.get(graphHash));
      if (await start(options.graphRunnerArn, jobId, input)) return;
      throw new RepriseError(
        'UPSTREAM_UNAVAILABLE',
        `no state machine ${options.graphRunnerArn} to run ${jobId} on`,
      );
    },
    answerNode: async (_jobId, reply) => {
      if (reply.token !== undefined) await answer(nodeAnswer(reply.token, reply));
    },
    answerOutcome: (_jobId, token, status) => {
      if (status === 'succeeded') return answer(success(token, { status }));
      const error = status === 'failed' ? 'JobFailed' : 'JobCancelled';
      return answer(failure(token, error, `the job ${status}`));
    },
    async stop(jobId, reason) {
      // Which of the two runs the job is known to Step Functions only; the missing one answers that it is missing.
      const graphHash = await options.graphHashOf(jobId);
      const machines = [machineArn(options, graphHash), options.graphRunnerArn];
      await Promise.all(machines.map((arn) => stopOne(arn, jobId, reason)));
    },
  };
}

function machineArn({ machineArnPrefix }: SfnWorkflowOptions, graphHash: string): string {
  return `${machineArnPrefix}${graphHash.slice(0, 40)}`;
}

/** `arn:aws:states:<region>:<account>:execution:<machine>:<execution>` */
export function executionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** The output is small: results live in the journal. */
function nodeAnswer(token: string, { outcome, reason, nodeId }: NodeAnswer) {
  if (outcome === 'succeeded' || outcome === 'skipped') return success(token, { outcome });
  const error = outcome === 'failed' ? 'NodeFailed' : 'NodeCancelled';
  return failure(token, error, reason ?? `${nodeId} ${outcome}`);
}

function success(taskToken: string, output: object): SendTaskSuccessCommand {
  return new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) });
}

function failure(taskToken: string, error: string, cause: string): SendTaskFailureCommand {
  return new SendTaskFailureCommand({ taskToken, error, cause: cause.slice(0, MAX_CAUSE) });
}
