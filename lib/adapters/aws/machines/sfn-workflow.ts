import {
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { RepriseError } from '../../../core/errors';
import type { JobTrace, NodeAnswer } from '../../../core/messages/effect';
import type { Clock } from '../../../core/model/time';
import { spanIdOf, traceOfJob, xrayHeaderOf } from '../../../core/model/trace';
import type { Workflow } from '../../../core/ports/effects';
import { isNamed, upstream } from '../aws-errors';
import type { RecordedChoice, WorkflowChoice, WorkflowChoices, WorkflowRun } from '../table/workflow-choices';
import { executionArn, unqualified } from './arns';
import { executionInputOf } from './execution-name';

export interface SfnWorkflowOptions {
  readonly choices: WorkflowChoices;
  /** Which machine does a run of a job; asked once for each. */
  readonly choose: (of: WorkflowRun, graphHash: string) => Promise<WorkflowChoice>;
  /** Runs any graph. */
  readonly graphRunnerArn: string;
  /** What StartExecution is given for a machine. */
  readonly startable: (arn: string) => string;
  readonly clock: Clock;
}

/** Errors that say a token has been answered, or that nobody waits for it any more. */
const ANSWERED = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];
/** Step Functions ends a cause at 32,768 characters. */
const MAX_CAUSE = 32_000;

/**
 * Step Functions as the workflow. The machine of a run is chosen once and recorded before it is started: a start that is
 * repeated after the graph got its own machine finds the execution that it began. An execution is named by job and run.
 */
export function createSfnWorkflow(client: SFNClient, options: SfnWorkflowOptions): Workflow {
  const { choices } = options;

  async function start(of: WorkflowRun, choice: WorkflowChoice, trace?: JobTrace): Promise<void> {
    const { stateMachineArn, executionName: name } = choice;
    const input = executionInputOf(of, trace?.traceId);
    const header = trace && { traceHeader: xrayHeader(of.jobId, trace) };
    const command = new StartExecutionCommand({ stateMachineArn, name, input, ...header });
    try {
      const { executionArn } = await upstream('Step Functions start', () => client.send(command));
      if (executionArn === undefined) return;
      const { stoppedAt } = await choices.started(of, executionArn);
      // The stop came between the choice and here, and knew of no execution.
      if (stoppedAt !== undefined) await stop(executionArn, 'stopped while it was started');
    } catch (error) {
      if (isNamed(error, 'ExecutionAlreadyExists')) return;
      if (!isNamed(error, 'StateMachineDoesNotExist', 'StateMachineDeleting')) throw error;
      await withoutMachine({ of, choice, trace }, error);
    }
  }

  /** A machine that was chosen and is gone: nothing runs on it, so the job goes to the graph runner for good. */
  async function withoutMachine({ of, choice, trace }: Start, cause: unknown): Promise<void> {
    if (isRunner(choice.stateMachineArn)) {
      const message = `no state machine ${choice.stateMachineArn} to run ${of.jobId} on`;
      throw new RepriseError('UPSTREAM_UNAVAILABLE', message, { cause });
    }
    const stateMachineArn = options.startable(options.graphRunnerArn);
    const recorded = await choices.replace(of, choice, { ...choice, stateMachineArn });
    // Not replaced: it was started, and its machine went after that.
    if (!isComplete(recorded) || !isRunner(recorded.stateMachineArn)) return;
    if (recorded.stoppedAt === undefined) await start(of, recorded, trace);
  }

  const isRunner = (arn: string) => unqualified(arn) === options.graphRunnerArn;

  async function stop(executionArn: string, cause: string): Promise<void> {
    const command = new StopExecutionCommand({ executionArn, error: 'JobCancelled', cause });
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
    async start(jobId, graphHash, run, trace) {
      const of = { jobId, run };
      const recorded =
        (await choices.get(of)) ?? (await choices.choose(of, await options.choose(of, graphHash)));
      if (recorded.stoppedAt === undefined && isComplete(recorded)) await start(of, recorded, trace);
    },
    answerNode: async (_jobId, reply) => {
      if (reply.token !== undefined) await answer(nodeAnswer(reply.token, reply));
    },
    answerOutcome: (_jobId, token, status) => {
      if (status === 'succeeded') return answer(success(token, { status }));
      const error = status === 'failed' ? 'JobFailed' : 'JobCancelled';
      return answer(failure(token, error, `the job ${status}`));
    },
    async stop(jobId, reason, run) {
      const recorded = await choices.stopped({ jobId, run }, options.clock());
      // Never chosen: it will not be started. Chosen, but not known to be started: a start under way sees the stop. One
      // that crashed before it recorded what it began is looked for under the machine's plain name; where it is not
      // found, each node that it enters is answered as cancelled, and so it ends.
      if (!isComplete(recorded)) return;
      const { stateMachineArn, executionName } = recorded;
      await stop(recorded.executionArn ?? executionArn(unqualified(stateMachineArn), executionName), reason);
    },
  };
}

interface Start {
  readonly of: WorkflowRun;
  readonly choice: WorkflowChoice;
  readonly trace: JobTrace | undefined;
}

function xrayHeader(jobId: string, { traceId: given, sampled }: JobTrace): string {
  const { traceId } = traceOfJob(given, jobId);
  return xrayHeaderOf({ traceId, spanId: spanIdOf(jobId), sampled });
}

function isComplete(recorded: RecordedChoice): recorded is RecordedChoice & WorkflowChoice {
  return recorded.stateMachineArn !== undefined;
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
