import { DescribeStateMachineAliasCommand, SFNClient } from '@aws-sdk/client-sfn';
import { createSfnMachines } from '../../lib/adapters/aws/machines/sfn-machines';
import { createGraphRecords } from '../../lib/adapters/aws/table/graph-records';
import { createWorkflowChoices } from '../../lib/adapters/aws/table/workflow-choices';
import { createTable, startTestCloud, type TestCloud } from '../support/ministack';
import { describeGraphRecords } from './graph-records.contract';

const HASH = 'ab'.repeat(32);

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

describeGraphRecords('DynamoDB', async () => {
  const { client, tableName } = await createTable(cloud);
  return createGraphRecords(client, tableName);
});

describe('the choice of a machine', () => {
  const J = { jobId: 'j', run: 1 };
  const choice = (stateMachineArn: string) => ({ graphHash: HASH, stateMachineArn, executionName: 'j' });

  it('holds for whoever chooses later, and keeps the first execution and the first stop', async () => {
    const { client, tableName } = await createTable(cloud);
    const choices = createWorkflowChoices(client, tableName);
    expect(await choices.get(J)).toBeUndefined();
    const both = await Promise.all(['arn:one', 'arn:two'].map((arn) => choices.choose(J, choice(arn))));
    expect(both[0]?.stateMachineArn).toBe(both[1]?.stateMachineArn);
    await choices.started(J, 'arn:execution');
    expect(await choices.started(J, 'arn:other')).toMatchObject({ executionArn: 'arn:execution' });
    expect(await choices.stopped(J, 5)).toMatchObject({ stoppedAt: 5, executionArn: 'arn:execution' });
    expect(await choices.stopped(J, 6)).toMatchObject({ stoppedAt: 5 });
  });

  it('comes after a stop for nothing', async () => {
    const { client, tableName } = await createTable(cloud);
    const choices = createWorkflowChoices(client, tableName);
    expect(await choices.stopped(J, 5)).toMatchObject({ stoppedAt: 5 });
    expect(await choices.choose(J, choice('arn:one'))).toMatchObject({ stoppedAt: 5 });
  });
});

describe('machines of Step Functions', () => {
  const arn = 'arn:aws:states:us-east-1:000000000000:stateMachine:reprise-test-one';
  const definition = JSON.stringify({ StartAt: 'a', States: { a: { Type: 'Pass', End: true } } });

  it('are made once with version and alias, found, and taken away', async () => {
    const client = new SFNClient(cloud.config);
    const machines = createSfnMachines(client, {
      roleArn: 'arn:aws:iam::000000000000:role/machines',
      logGroupArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/vendedlogs/states/test:*',
      versions: true,
    });
    expect(await machines.exists(arn)).toBe(false);
    await machines.create(arn, definition);
    await machines.create(arn, definition);
    // Made with something else, it is the same machine: its name says what it does.
    await machines.create(arn, definition.replace('"a"', '"a" '));
    const stateMachineAliasArn = machines.startable(arn);
    expect(stateMachineAliasArn).toBe(`${arn}:live`);
    const alias = await client.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn }));
    expect(alias.routingConfiguration).toEqual([{ stateMachineVersionArn: `${arn}:1`, weight: 100 }]);
    expect([await machines.exists(arn), await machines.isRunning(arn)]).toEqual([true, false]);
    await machines.remove(arn);
    await machines.remove(arn);
    expect([await machines.exists(arn), await machines.isRunning(arn)]).toEqual([false, false]);
  });
});
