import {
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { createSfnWorkflow } from '../../../lib/adapters/aws/sfn-workflow';
import { graph, node } from '../../support/job-driver';

const sfn = mockClient(SFNClient);
const prefix = 'arn:aws:states:eu-west-1:111122223333:stateMachine:reprise-dev-';
const runner = `${prefix}graph-runner`;
const hash = 'ab'.repeat(32);
const machine = `${prefix}${hash.slice(0, 40)}`;
const named = (name: string) => Object.assign(new Error(name), { name });

const workflow = createSfnWorkflow(new SFNClient({}), {
  machineArnPrefix: prefix,
  graphRunnerArn: runner,
  graphs: { put: async () => {}, get: async () => graph([node('b', { needs: ['a'] }), node('a')]) },
  graphHashOf: async () => hash,
});

beforeEach(() => sfn.reset());

describe('starting a workflow', () => {
  it('runs the machine of the graph under the name of the job', async () => {
    sfn.on(StartExecutionCommand).resolves({});
    await workflow.start('j', hash);
    expect(sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input)).toEqual([
      { stateMachineArn: machine, name: 'j', input: '{"jobId":"j"}' },
    ]);
  });

  it('falls back to the generic machine, each node after what it needs', async () => {
    sfn.on(StartExecutionCommand, { stateMachineArn: machine }).rejects(named('StateMachineDoesNotExist'));
    sfn.on(StartExecutionCommand, { stateMachineArn: runner }).resolves({});
    await workflow.start('j', hash);
    expect(sfn.commandCalls(StartExecutionCommand)[1]?.args[0].input).toEqual({
      stateMachineArn: runner,
      name: 'j',
      input: '{"jobId":"j","nodes":["a","b"]}',
    });
  });

  it('finds a workflow that runs already', async () => {
    sfn.on(StartExecutionCommand).rejects(named('ExecutionAlreadyExists'));
    await workflow.start('j', hash);
    expect(sfn.commandCalls(StartExecutionCommand)).toHaveLength(1);
  });

  it('is retryable when Step Functions is busy, or has no machine at all', async () => {
    sfn.on(StartExecutionCommand).rejects(named('ThrottlingException'));
    await expect(workflow.start('j', hash)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    sfn.on(StartExecutionCommand).rejects(named('StateMachineDoesNotExist'));
    await expect(workflow.start('j', hash)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});

describe('answering a node', () => {
  it.each(['succeeded', 'skipped'] as const)('that %s lets the workflow go on', async (outcome) => {
    sfn.on(SendTaskSuccessCommand).resolves({});
    await workflow.answerNode('j', { nodeId: 'a', outcome, token: 't' });
    expect(sfn.commandCalls(SendTaskSuccessCommand)[0]?.args[0].input).toEqual({
      taskToken: 't',
      output: JSON.stringify({ outcome }),
    });
  });

  it.each([
    ['failed', 'NodeFailed'],
    ['cancelled', 'NodeCancelled'],
  ] as const)('that %s says so', async (outcome, error) => {
    sfn.on(SendTaskFailureCommand).resolves({});
    await workflow.answerNode('j', { nodeId: 'a', outcome, token: 't', reason: 'x'.repeat(40_000) });
    const input = sfn.commandCalls(SendTaskFailureCommand)[0]?.args[0].input;
    expect(input).toMatchObject({ taskToken: 't', error });
    expect(input?.cause).toHaveLength(32_000);
  });

  it('does nothing without a token, and takes an old token for answered', async () => {
    await workflow.answerNode('j', { nodeId: 'a', outcome: 'succeeded' });
    expect(sfn.calls()).toHaveLength(0);
    for (const name of ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']) {
      sfn.on(SendTaskSuccessCommand).rejects(named(name));
      await workflow.answerNode('j', { nodeId: 'a', outcome: 'succeeded', token: 't' });
    }
  });
});

describe('ending a workflow', () => {
  it('answers how the job ended', async () => {
    sfn.on(SendTaskSuccessCommand).resolves({}).on(SendTaskFailureCommand).resolves({});
    await workflow.answerOutcome('j', 't', 'succeeded');
    await workflow.answerOutcome('j', 't', 'failed');
    expect(sfn.commandCalls(SendTaskSuccessCommand)).toHaveLength(1);
    expect(sfn.commandCalls(SendTaskFailureCommand)[0]?.args[0].input).toMatchObject({ error: 'JobFailed' });
  });

  it('stops the execution on whichever machine has it', async () => {
    const execution = (arn: string) => `${arn.replace('stateMachine', 'execution')}:j`;
    sfn
      .on(StopExecutionCommand, { executionArn: execution(machine) })
      .rejects(named('ExecutionDoesNotExist'));
    sfn.on(StopExecutionCommand, { executionArn: execution(runner) }).resolves({});
    await workflow.stop('j', 'enough');
    expect(sfn.commandCalls(StopExecutionCommand).map(({ args }) => args[0].input)).toEqual([
      { executionArn: execution(machine), error: 'JobCancelled', cause: 'enough' },
      { executionArn: execution(runner), error: 'JobCancelled', cause: 'enough' },
    ]);
  });
});
