import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { createBuild } from '../../lambdas/machine-builder/build';
import { createS3CompilationStore } from '../../lib/adapters/aws/bucket/compilation-store';
import { createS3GraphStore } from '../../lib/adapters/aws/bucket/graph-store';
import { createJsonObjects } from '../../lib/adapters/aws/bucket/json-objects';
import { createMachineChoice } from '../../lib/adapters/aws/machines/choice';
import { createMachineRegistry } from '../../lib/adapters/aws/machines/registry';
import { createSfnMachines } from '../../lib/adapters/aws/machines/sfn-machines';
import { createSfnWorkflow } from '../../lib/adapters/aws/machines/sfn-workflow';
import { createGraphRecords } from '../../lib/adapters/aws/table/graph-records';
import { createWorkflowChoices } from '../../lib/adapters/aws/table/workflow-choices';
import { runnerName } from '../../lib/core/dag/emit/machine-names';
import type { Graph } from '../../lib/core/dag/graph';
import { graphHash } from '../../lib/core/dag/hash';
import { chain, graphNode } from '../support/graphs';
import { createBucket, createQueue, createTable, startTestCloud, type TestCloud } from '../support/ministack';

const PREFIX = 'arn:aws:states:us-east-1:000000000000:stateMachine:reprise-test-';
const ROLE = 'arn:aws:iam::000000000000:role/machines';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

/** Everything between a start effect and Step Functions, as lambdas/shared wires it; `graphs` is a list. */
async function world(graph: Graph) {
  const sfn = new SFNClient(cloud.config);
  const { client, tableName } = await createTable(cloud);
  const { client: s3, bucket } = await createBucket(cloud);
  const { url } = await createQueue(cloud, 'fifo');
  const graphs = createS3GraphStore(createJsonObjects(s3, bucket));
  const records = createGraphRecords(client, tableName);
  const machines = createSfnMachines(sfn, { roleArn: ROLE, logGroupArn: `${ROLE}:*`, versions: true });
  const clock = Date.now;
  const registry = createMachineRegistry({
    ...{ graphs, records, machines, clock, arnPrefix: PREFIX, jobsQueueUrl: url, budget: 10 },
    compilations: createS3CompilationStore(createJsonObjects(s3, bucket)),
  });
  const graphRunnerArn = runnerName(PREFIX);
  const workflow = createSfnWorkflow(sfn, {
    ...{ graphRunnerArn, clock, choices: createWorkflowChoices(client, tableName) },
    choose: createMachineChoice({
      ...{ graphRunnerArn, clock, records, machines, form: 'per-node', ownArn: registry.arnOf },
    }),
    startable: machines.startable,
  });
  const build = createBuild({ registry });
  const hash = graphHash(graph);
  await graphs.put(hash, graph);
  const execution = (stateMachineArn: string, job: string) =>
    sfn.send(
      new DescribeExecutionCommand({
        executionArn: `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${job}`,
      }),
    );
  return { workflow, registry, records, machines, build, hash, execution, graphRunnerArn };
}

/** A definition whose executions run on. */
const WAITING = JSON.stringify({ StartAt: 'a', States: { a: { Type: 'Wait', Seconds: 600, End: true } } });

describe('a job whose graph has no machine', () => {
  it('runs once, on the generic machine, though its own is made before the start is repeated', async () => {
    const { workflow, registry, machines, hash, execution, graphRunnerArn } = await world(chain(3));
    await machines.create(graphRunnerArn, WAITING);
    await workflow.start('j1', hash, 1);
    await registry.ensure(hash);
    await workflow.start('j1', hash, 1);
    expect((await execution(graphRunnerArn, 'j1')).status).toBe('RUNNING');
    await expect(execution(registry.arnOf(hash), 'j1')).rejects.toMatchObject({
      name: 'ExecutionDoesNotExist',
    });
    await workflow.start('j2', hash, 1);
    expect((await execution(registry.arnOf(hash), 'j2')).status).toBe('RUNNING');
    for (const job of ['j1', 'j2']) await workflow.stop(job, 'enough', 1);
    expect((await execution(graphRunnerArn, 'j1')).status).toBe('ABORTED');
    expect((await execution(registry.arnOf(hash), 'j2')).status).toBe('ABORTED');
  });

  it('runs on the generic one however many nodes with however long ids it has', async () => {
    const { nodes, ...rest } = chain(4_000);
    const idOf = (id: string) => `${'x'.repeat(58)}-${id}`;
    const renamed = nodes.map(({ id, needs }) => graphNode(idOf(id), { needs: needs.map(idOf) }));
    const { workflow, machines, hash, execution, graphRunnerArn } = await world({
      ...rest,
      nodes: renamed,
    });
    await machines.create(graphRunnerArn, WAITING);
    await workflow.start('large', hash, 1);
    expect((await execution(graphRunnerArn, 'large')).status).toBe('RUNNING');
    await workflow.stop('large', 'enough', 1);
  }, 60_000);
});

describe('a job whose own machine is gone when it is to be started', () => {
  it('runs on the generic machine, also when the start is repeated after it was made again', async () => {
    const { workflow, registry, records, machines, build, hash, execution, graphRunnerArn } = await world(
      chain(2),
    );
    await machines.create(graphRunnerArn, WAITING);
    await records.ready(hash, 'registered', { machines: ['root'], at: Date.now() });
    await workflow.start('gone', hash, 1);
    expect((await execution(graphRunnerArn, 'gone')).status).toBe('RUNNING');
    await records.absent(hash, Date.now());
    expect(await build({ hash }, 1)).toBe('built');
    await workflow.start('gone', hash, 1);
    await expect(execution(registry.arnOf(hash), 'gone')).rejects.toMatchObject({
      name: 'ExecutionDoesNotExist',
    });
    await workflow.stop('gone', 'enough', 1);
  }, 60_000);
});
