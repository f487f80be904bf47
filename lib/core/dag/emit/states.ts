import type { Branch, Catcher, ParallelState, PassState, Retrier, TaskState, Transition } from './asl';

/** Replaced at deployment by the URL of the queue of job inputs. */
export const QUEUE_URL = '${JobsQueueUrl}';

/** Replaced at deployment by the ARN of another machine of the same graph. */
export function machineArn(name: string): string {
  return `\${machine:${name}}`;
}

/** Errors with which the engine answers a node that did not succeed. A skipped node is answered as a success. */
const NODE_ERRORS = ['NodeFailed', 'NodeCancelled'] as const;

/** Task that tells how the job ends. No node id holds a `#`. */
export const OUTCOME = '#outcome';

const CALLBACK = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
const TOKEN = '$$.Task.Token';
const START_MACHINE = 'arn:aws:states:::states:startExecution.sync:2';

/** The message did not get to the queue. What the engine answers is final and never retried here. */
const QUEUE_RETRY = retry(['SQS.SdkClientException', 'SQS.AmazonSQSException']);
/** The child did not get started. A child that failed (`States.TaskFailed`) is not started again. */
const START_RETRY = retry([
  'StepFunctions.ExecutionLimitExceeded',
  'StepFunctions.SdkClientException',
  'StepFunctions.AWSStepFunctionsException',
]);

/** Waits 1 s, then twice as long each time (the defaults of the language), up to a minute. */
function retry(ErrorEquals: readonly string[]): readonly Retrier[] {
  return [{ ErrorEquals, MaxAttempts: 8, MaxDelaySeconds: 60, JitterStrategy: 'FULL' }];
}

/** Sends one message to the job's inputs and waits until the engine answers its task token. */
export function callback(message: Readonly<Record<string, string>>): Omit<TaskState, 'Next' | 'End'> {
  return {
    Type: 'Task',
    Resource: CALLBACK,
    Parameters: sendOf({ ...message, 'token.$': TOKEN }),
    ResultPath: null,
    Retry: QUEUE_RETRY,
  };
}

const sendOf = (message: Readonly<Record<string, string>>): TaskState['Parameters'] => ({
  QueueUrl: QUEUE_URL,
  'MessageGroupId.$': '$.jobId',
  MessageBody: { 'jobId.$': '$.jobId', message },
});

/** Whatever the fate of the node, the graph goes on: what depends on it is the engine's decision. */
function caught(next: string): readonly Catcher[] {
  return [{ ErrorEquals: NODE_ERRORS, ResultPath: null, Next: next }];
}

/** What all states of nodes share. They are written out and not spread: there are as many as nodes. */
const NODE = { Type: 'Task', Resource: CALLBACK, ResultPath: null, Retry: QUEUE_RETRY } as const;

/**
 * The node's own state. The id is a literal: names read from the context object are not reliable inside Parallel
 * on every implementation.
 */
export function nodeState(id: string, next: string | undefined, afterFailure: string): TaskState {
  const Parameters = sendOf({ type: 'nodeEntered', nodeId: id, 'token.$': TOKEN });
  const { Type, Resource, ResultPath, Retry } = NODE;
  return next === undefined
    ? { Type, Resource, Parameters, ResultPath, Retry, Catch: caught(afterFailure), End: true }
    : { Type, Resource, Parameters, ResultPath, Retry, Catch: caught(next), Next: next };
}

export function outcomeState(): TaskState {
  return { ...callback({ type: 'outcomeAwaited' }), End: true } as TaskState;
}

/** Runs another machine of the graph for the same job and waits for its end. */
export function machineState(name: string, next: string | undefined): TaskState {
  return {
    Type: 'Task',
    Resource: START_MACHINE,
    Parameters: {
      StateMachineArn: machineArn(name),
      Input: { 'jobId.$': '$.jobId', 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$': '$$.Execution.Id' },
    },
    ResultPath: null,
    Retry: START_RETRY,
    ...transition(next),
  } as TaskState;
}

export function parallelState(branches: readonly Branch[], next: string | undefined): ParallelState {
  return {
    Type: 'Parallel',
    Branches: branches,
    // The result of a Parallel is every branch's output, and must stay under 256 KiB: hand on the job id only.
    Parameters: { 'jobId.$': '$.jobId' },
    ResultPath: null,
    ...transition(next),
  };
}

export function endState(): PassState {
  return { Type: 'Pass', End: true };
}

function transition(next: string | undefined): Transition {
  return next === undefined ? { End: true } : { Next: next };
}
