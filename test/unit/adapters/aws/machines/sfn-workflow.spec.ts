import {
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { spanIdOf } from '../../../../../lib/core/model/trace';
import { choiceOf, hash, machine, named, runner, world } from './sfn-workflow-world';

const sfn = mockClient(SFNClient);
const { workflow } = world([machine]);
const execution = (arn: string) => `${arn.replace('stateMachine', 'execution')}:j`;
const starts = () => sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input);
const stops = () => sfn.commandCalls(StopExecutionCommand).map(({ args }) => args[0].input.executionArn);

const FIRST = { jobId: 'j', run: 1 };

beforeEach(() => sfn.reset());

describe('starting a workflow', () => {
  it('runs the machine of the graph under the name of the job, through its alias', async () => {
    sfn.on(StartExecutionCommand).resolves({ executionArn: execution(machine) });
    const { workflow, choices } = world([`${machine}:live`]);
    await workflow.start('j', hash, 1);
    expect(starts()).toEqual([{ stateMachineArn: `${machine}:live`, name: 'j', input: '{"jobId":"j"}' }]);
    expect(choices.items.get('j')).toMatchObject({ executionArn: execution(machine) });
  });

  it.each([runner, `${runner}:live`])(
    'gives %s the job and no list of its nodes, which an input of 256 KiB may not hold',
    async (arn) => {
      sfn.on(StartExecutionCommand).resolves({ executionArn: execution(runner) });
      await world([arn]).workflow.start('j', hash, 1);
      expect(starts()).toEqual([{ stateMachineArn: arn, name: 'j', input: '{"jobId":"j"}' }]);
    },
  );

  it('has the execution go on with the trace of its job, which its input names as the journal does', async () => {
    sfn.on(StartExecutionCommand).resolves({ executionArn: execution(machine) });
    const traceId = '0af76519-16cd-43dd-8448-eb211c80319c';
    await world([machine]).workflow.start('j', hash, 1, { traceId, sampled: true });
    const [start] = starts();
    expect(JSON.parse(start?.input ?? '')).toEqual({ jobId: 'j', traceId });
    const root = 'Root=1-0af76519-16cd43dd8448eb211c80319c';
    expect(start?.traceHeader).toBe(`${root};Parent=${spanIdOf('j')};Sampled=1`);
  });

  it('finds a workflow that runs already', async () => {
    sfn.on(StartExecutionCommand).rejects(named('ExecutionAlreadyExists'));
    await world([machine]).workflow.start('j', hash, 1);
    expect(starts()).toHaveLength(1);
  });

  it('is repeated on the same machine, though the graph got its own meanwhile', async () => {
    sfn.on(StartExecutionCommand).rejectsOnce(named('ThrottlingException')).resolves({});
    const { workflow, choose } = world([runner, machine]);
    await expect(workflow.start('j', hash, 1)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await workflow.start('j', hash, 1);
    expect(starts().map(({ stateMachineArn }) => stateMachineArn)).toEqual([runner, runner]);
    expect(choose).toHaveBeenCalledTimes(1);
  });

  it('decided twice at the same time, uses one machine', async () => {
    sfn.on(StartExecutionCommand).resolves({});
    const { workflow } = world([runner, machine]);
    await Promise.all([workflow.start('j', hash, 1), workflow.start('j', hash, 1)]);
    expect(new Set(starts().map(({ stateMachineArn }) => stateMachineArn)).size).toBe(1);
  });

  it('goes to the graph runner for good where its own machine is gone, and fails where that is missing', async () => {
    sfn.on(StartExecutionCommand, { stateMachineArn: machine }).rejects(named('StateMachineDoesNotExist'));
    sfn
      .on(StartExecutionCommand, { stateMachineArn: `${runner}:live` })
      .resolves({ executionArn: execution(runner) });
    const own = world([machine]);
    await own.workflow.start('j', hash, 1);
    await own.workflow.start('j', hash, 1);
    expect(starts().map(({ stateMachineArn }) => stateMachineArn)).toEqual([
      machine,
      `${runner}:live`,
      `${runner}:live`,
    ]);
    expect(own.choices.items.get('j')).toMatchObject({ stateMachineArn: `${runner}:live` });
    sfn.reset();
    sfn.on(StartExecutionCommand).rejects(named('StateMachineDoesNotExist'));
    await expect(world([runner]).workflow.start('j', hash, 1)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });

  it('is not started on another machine where it was started on its own', async () => {
    sfn.on(StartExecutionCommand).rejects(named('StateMachineDeleting'));
    const { workflow, choices } = world([machine]);
    await choices.choose(FIRST, choiceOf(machine));
    await choices.started(FIRST, execution(machine));
    await workflow.start('j', hash, 1);
    expect(starts()).toHaveLength(1);
    expect(choices.items.get('j')).toMatchObject({ stateMachineArn: machine });
  });
});

describe('a later run of a workflow', () => {
  it('is an execution of its own, on a machine of its own choice, and is told which run it is', async () => {
    sfn.on(StartExecutionCommand).callsFake(async ({ stateMachineArn, name }) => {
      return { executionArn: `${stateMachineArn.replace('stateMachine', 'execution')}:${name}` };
    });
    const { workflow, choices, choose } = world([runner, machine]);
    await workflow.start('j', hash, 1);
    for (let i = 0; i < 2; i++) await workflow.start('j', 'cd'.repeat(32), 2);
    expect(starts().slice(1)).toEqual([
      { stateMachineArn: machine, name: 'j-run-2', input: '{"jobId":"j","run":2}' },
      { stateMachineArn: machine, name: 'j-run-2', input: '{"jobId":"j","run":2}' },
    ]);
    expect(choose.mock.calls).toEqual([
      [{ jobId: 'j', run: 1 }, hash],
      [{ jobId: 'j', run: 2 }, 'cd'.repeat(32)],
    ]);
    expect([...choices.items.keys()]).toEqual(['j', 'j#2']);
  });

  it('begins though the one before was stopped, and is stopped without it', async () => {
    sfn.on(StartExecutionCommand).resolves({ executionArn: `${execution(machine)}-run-2` });
    sfn.on(StopExecutionCommand).resolves({});
    const { workflow } = world([machine]);
    await workflow.stop('j', 'enough', 1);
    await workflow.start('j', hash, 1);
    expect(starts()).toEqual([]);
    await workflow.start('j', hash, 2);
    await workflow.stop('j', 'enough', 1);
    expect(stops()).toEqual([]);
    await workflow.stop('j', 'enough', 2);
    expect(stops()).toEqual([`${execution(machine)}-run-2`]);
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

  it('stops the execution that was started, by the ARN it was answered with', async () => {
    const answered = 'arn:aws:states:eu-west-1:111122223333:execution:any:thing';
    sfn.on(StartExecutionCommand).resolves({ executionArn: answered });
    sfn.on(StopExecutionCommand).resolves({});
    const { workflow } = world([`${machine}:live`]);
    await workflow.start('j', hash, 1);
    await workflow.stop('j', 'enough', 1);
    expect(sfn.commandCalls(StopExecutionCommand)[0]?.args[0].input).toEqual({
      executionArn: answered,
      error: 'JobCancelled',
      cause: 'enough',
    });
  });

  it('looks under the plain machine where no ARN was recorded, and takes a missing one for stopped', async () => {
    sfn.on(StopExecutionCommand).rejects(named('ExecutionDoesNotExist'));
    const { workflow, choices } = world([]);
    await choices.choose(FIRST, choiceOf(`${machine}:live`));
    await workflow.stop('j', 'enough', 1);
    expect(stops()).toEqual([execution(machine)]);
  });

  it('that overtakes the start is made good by the start', async () => {
    const { workflow } = world([machine]);
    sfn.on(StopExecutionCommand).rejectsOnce(named('ExecutionDoesNotExist')).resolves({});
    sfn.on(StartExecutionCommand).callsFake(async () => {
      await workflow.stop('j', 'enough', 1);
      return { executionArn: execution(machine) };
    });
    await workflow.start('j', hash, 1);
    expect(stops()).toEqual([execution(machine), execution(machine)]);
  });
});
