import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { createS3CompilationStore } from '../../lib/adapters/aws/bucket/compilation-store';
import { createS3GraphStore } from '../../lib/adapters/aws/bucket/graph-store';
import { createJsonObjects } from '../../lib/adapters/aws/bucket/json-objects';
import { createMachineChoice } from '../../lib/adapters/aws/machines/choice';
import { createMachineRegistry } from '../../lib/adapters/aws/machines/registry';
import { createSfnExecutions } from '../../lib/adapters/aws/machines/sfn-executions';
import { createSfnMachines } from '../../lib/adapters/aws/machines/sfn-machines';
import { createSfnWorkflow } from '../../lib/adapters/aws/machines/sfn-workflow';
import { inputBodies } from '../../lib/adapters/aws/queues/queue-messages';
import { createGraphRecords } from '../../lib/adapters/aws/table/graph-records';
import { createWorkflowChoices } from '../../lib/adapters/aws/table/workflow-choices';
import { fillDefinition, runnerName } from '../../lib/core/dag/emit/machine-names';
import { graphRunnerDefinition } from '../../lib/core/dag/emit/runner';
import { graphHash } from '../../lib/core/dag/hash';
import type { JobMessage } from '../../lib/core/messages/job';
import { graph, JobDriver, node } from '../support/job-driver';
import { createBucket, createQueue, createTable, startTestCloud, type TestCloud } from '../support/ministack';
import { describeWorkflow, type Told } from './workflow.contract';

const ROLE = 'arn:aws:iam::000000000000:role/machines';

let cloud: TestCloud;
let worlds = 0;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 20_000; !(await condition()); ) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((next) => setTimeout(next, 5));
  }
}

/** @param of whose machine runs the jobs: that of their graph, or the one that runs any. */
async function world(of: 'own' | 'any') {
  const sfn = new SFNClient(cloud.config);
  const { client, tableName } = await createTable(cloud);
  const { client: s3, bucket } = await createBucket(cloud);
  const { client: sqs, url } = await createQueue(cloud, 'fifo');
  const objects = createJsonObjects(s3, bucket);
  const graphs = createS3GraphStore(objects);
  const records = createGraphRecords(client, tableName);
  const machines = createSfnMachines(sfn, { roleArn: ROLE, logGroupArn: `${ROLE}:*`, versions: false });
  const clock = Date.now;
  const arnPrefix = `arn:aws:states:us-east-1:000000000000:stateMachine:w${++worlds}-`;
  const registry = createMachineRegistry({
    ...{ graphs, records, machines, clock, arnPrefix, jobsQueueUrl: url, budget: 100 },
    compilations: createS3CompilationStore(objects),
  });
  const graphRunnerArn = runnerName(arnPrefix);
  const runner = JSON.stringify(graphRunnerDefinition());
  await machines.create(graphRunnerArn, fillDefinition(runner, { jobsQueueUrl: url, machineArn: () => '' }));
  const told: Told[] = [];
  const choices = createWorkflowChoices(client, tableName);
  return {
    sightings: createSfnExecutions(sfn, { choices, arnPrefix, graphRunnerArn }),
    workflow: createSfnWorkflow(sfn, {
      ...{ graphRunnerArn, clock, choices },
      choose: createMachineChoice({
        graphRunnerArn,
        clock,
        records,
        machines,
        form: 'per-node',
        ownArn: registry.arnOf,
      }),
      startable: machines.startable,
    }),
    async submit(_: string, job: JobDriver) {
      const hash = graphHash(job.graph);
      await graphs.put(hash, job.graph);
      if (of === 'own') await registry.ensure(hash);
      return hash;
    },
    /** What the function behind the queue makes of its messages. */
    async told() {
      const receive = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 });
      for (const { Body, ReceiptHandle } of (await sqs.send(receive)).Messages ?? []) {
        const { to, message } = inputBodies.job.parse(JSON.parse(Body as string));
        told.push({ jobId: to.id, message });
        await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
      }
      return told;
    },
    until,
    async statusOf(hash: string) {
      const stateMachineArn = of === 'own' ? registry.arnOf(hash) : graphRunnerArn;
      const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
      return executions?.map(({ status }) => status);
    },
  };
}

describeWorkflow('a machine of Step Functions for each graph', () => world('own'));

describeWorkflow('the machine of Step Functions that runs any graph', () => world('any'));

describe.each(['own', 'any'] as const)('an execution of the machine: %s', (of) => {
  async function started() {
    const made = await world(of);
    const job = new JobDriver(graph([node('a')]));
    const hash = await made.submit('j', job);
    await made.workflow.start('j', hash, 1);
    const heard = async <T extends JobMessage['type']>(type: T) => {
      const isHeard = ({ message }: Told) => message.type === type;
      await until(async () => (await made.told()).some(isHeard), type);
      return (await made.told()).find(isHeard)?.message as Extract<JobMessage, { type: T }>;
    };
    const isEnded = (status: string) => async () => (await made.statusOf(hash))?.join() === status;
    const ends = (status: string) => until(isEnded(status), `an execution that is ${status}`);
    const reached = async () => {
      await until(async () => (await made.told()).length > 0, 'the node');
      return (await made.told())[0]?.message as JobMessage & { token?: string };
    };
    return { ...made, heard, ends, reached };
  }

  it.each([
    ['succeeded', 'SUCCEEDED'],
    ['failed', 'FAILED'],
  ] as const)('that runs a job which %s is %s', async (outcome, status) => {
    const { workflow, heard, ends, reached } = await started();
    const { token = '' } = await reached();
    if (of === 'own') await workflow.answerNode('j', { nodeId: 'a', outcome, token });
    const asked = of === 'own' ? (await heard('outcomeAwaited')).token : token;
    await workflow.answerOutcome('j', asked, outcome);
    await ends(status);
  });

  it('is seen while it runs and after it ended behind our back, and only where nobody knows its job', async () => {
    const { sightings, reached } = await started();
    await reached();
    const found = async (live: readonly string[]) => {
      const all: string[] = [];
      // The machines of graphs are spread over twelve turns.
      for (let turn = 0; turn < (of === 'own' ? 12 : 1); turn++)
        for await (const page of sightings.running(turn, new Set(live)))
          all.push(...page.map(({ id, jobId }) => `${jobId} ${id}`));
      return all;
    };
    const running = await sightings.of('j', 1);
    expect(running).toEqual({ status: 'running', id: expect.stringMatching(/:j$/) });
    const { id } = running as { readonly id: string };
    expect(await found([])).toEqual([`j ${id}`]);
    expect(await found(['j'])).toEqual([]);
    await sightings.stop(id, 'by hand');
    expect(await sightings.of('j', 1)).toEqual({ status: 'ended', ending: 'aborted', reason: 'Repaired' });
    expect(await found([])).toEqual([]);
    expect(await sightings.of('k', 1)).toEqual({ status: 'unstarted' });
  });

  it('is seen as stopped where the engine did it', async () => {
    const { workflow, sightings, reached } = await started();
    await reached();
    await workflow.stop('j', 'enough', 1);
    expect(await sightings.of('j', 1)).toEqual({ status: 'stopped' });
  });

  it('is ABORTED where the job is cancelled', async () => {
    const { workflow, reached, ends } = await started();
    await reached();
    await workflow.stop('j', 'enough', 1);
    await ends('ABORTED');
  });
});
