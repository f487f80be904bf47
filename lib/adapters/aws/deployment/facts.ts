import {
  CloudFormationClient,
  ListStackResourcesCommand,
  type ListStackResourcesCommandOutput,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { DescribeRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DeploymentFacts } from '../../../core/doctor/deployment';
import { stacksOf } from '../../../core/doctor/stacks';
import { RepriseError } from '../../../core/errors';
import { newestOf } from '../../../core/migration/migrate';
import { present } from '../../../core/model/present';
import { SYSTEM } from '../../system';
import { createTableMarker, tableMigrations } from '../table/store';
import { readStack } from './stacks';

/** With the credentials of the process; changes nothing. @throws RepriseError UPSTREAM_UNAVAILABLE where AWS does not say */
export async function deploymentFacts(
  environment: string,
  { region, ownVersion }: { readonly region?: string | undefined; readonly ownVersion: string },
): Promise<DeploymentFacts> {
  const settings = region === undefined ? {} : { region };
  const cloud = new CloudFormationClient(settings);
  const names = Object.values(stacksOf(environment));
  const stacks = await Promise.all(names.map((name) => readStack(cloud, name)));
  const outputs = Object.assign({}, ...stacks.map((stack) => stack?.outputs)) as Record<string, string>;
  try {
    const there = stacks.flatMap((stack) => (stack ? [stack.name] : []));
    const resources = (await Promise.all(there.map((name) => resourcesOf(cloud, name)))).flat();
    const idsOf = (type: string) =>
      resources.flatMap(({ ResourceType, PhysicalResourceId: id }) =>
        ResourceType === type && id ? [id] : [],
      );
    const tableName = outputs['TableName'];
    const dynamo = new DynamoDBClient(settings);
    const tables = await lookUp(tableName === undefined ? [] : [tableName], (name) => tableOf(dynamo, name));
    const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
    const queues = await lookUp(idsOf('AWS::SQS::Queue'), (url) => queueOf(sqs, url));
    const sfn = new SFNClient(settings);
    const machines = await lookUp(idsOf('AWS::StepFunctions::StateMachine'), (arn) => machineOf(sfn, arn));
    const events = new EventBridgeClient(settings);
    const buses = idsOf('AWS::Events::EventBus');
    const rules = await lookUp(idsOf('AWS::Events::Rule'), (id) => ruleOf(events, id, buses));
    return {
      ...{ environment, ownVersion, deployedVersion: outputs['Version'] },
      stacks: names.map((name, i) => ({ name, status: stacks[i]?.status })),
      ...present({ table: tables.found[0] }),
      ...{ queues: withTheirDlqs(queues.found), machines: machines.found, rules: rules.found },
      gone: [tables, queues, machines, rules].flatMap(({ gone }) => gone),
    };
  } catch (cause) {
    const message = `the environment ${environment} cannot be read: ${(cause as Error).message} (docs/doctor.md lists the permissions)`;
    throw new RepriseError('UPSTREAM_UNAVAILABLE', message, { cause });
  }
}

async function resourcesOf(client: CloudFormationClient, stack: string): Promise<StackResourceSummary[]> {
  const resources: StackResourceSummary[] = [];
  let token: string | undefined;
  do {
    const page: ListStackResourcesCommandOutput = await client.send(
      new ListStackResourcesCommand({ StackName: stack, ...(token !== undefined && { NextToken: token }) }),
    );
    resources.push(...(page.StackResourceSummaries ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return resources;
}

async function tableOf(
  client: DynamoDBClient,
  TableName: string,
): Promise<NonNullable<DeploymentFacts['table']>> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const { ContinuousBackupsDescription: backups } = await client.send(
    new DescribeContinuousBackupsCommand({ TableName }),
  );
  const recovery = backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  const store = { client: DynamoDBDocumentClient.from(client), tableName: TableName, clock: SYSTEM.clock };
  const { version } = await createTableMarker(store, 'doctor').read();
  return {
    ...{ name: TableName, status: Table?.TableStatus ?? 'UNKNOWN', isRecoverable: recovery === 'ENABLED' },
    ...{ layout: version, newestLayout: newestOf(tableMigrations(store)) },
  };
}

interface LookedUp<T> {
  readonly found: readonly T[];
  /** Ids of what the stacks name and is not there any more. */
  readonly gone: readonly string[];
}

const NOT_THERE: ReadonlySet<string> = new Set([
  ...['ResourceNotFoundException', 'StateMachineDoesNotExist'],
  ...['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'],
]);

const isNotThere = (error: unknown): boolean => NOT_THERE.has((error as Error | undefined)?.name ?? '');

async function lookUp<T>(ids: readonly string[], read: (id: string) => Promise<T>): Promise<LookedUp<T>> {
  const all = await Promise.all(
    ids.map((id) =>
      read(id).catch((error: unknown) => {
        if (isNotThere(error)) return undefined;
        throw error;
      }),
    ),
  );
  return {
    found: all.flatMap((each) => (each === undefined ? [] : [each])),
    gone: ids.filter((_, i) => all[i] === undefined),
  };
}

interface QueueFacts {
  readonly arn: string;
  readonly policy: Readonly<Record<string, unknown>>;
  readonly waiting: number;
}

async function queueOf(client: SQSClient, QueueUrl: string): Promise<QueueFacts> {
  const AttributeNames = ['QueueArn', 'RedrivePolicy', 'ApproximateNumberOfMessages'] as const;
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
  const { Attributes = {} } = await client.send(command);
  return {
    arn: Attributes['QueueArn'] ?? '',
    policy: JSON.parse(Attributes['RedrivePolicy'] ?? '{}') as Record<string, unknown>,
    waiting: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
  };
}

function withTheirDlqs(found: readonly QueueFacts[]): DeploymentFacts['queues'] {
  const dlqs = new Set(found.map(({ policy }) => policy['deadLetterTargetArn']));
  return found.map(({ arn, policy, waiting }) => ({
    ...{ name: arn.slice(arn.lastIndexOf(':') + 1), isDlq: dlqs.has(arn), waiting },
    maxReceives: policy['maxReceiveCount'] === undefined ? undefined : Number(policy['maxReceiveCount']),
  }));
}

async function machineOf(
  client: SFNClient,
  stateMachineArn: string,
): Promise<DeploymentFacts['machines'][number]> {
  const { name = '', status = '' } = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
  return { name, status };
}

/**
 * A rule of another bus than the default one is named after it: `BUS|RULE`. Where a cloud names it without, it is looked for
 * on each bus of the stacks.
 */
async function ruleOf(
  client: EventBridgeClient,
  id: string,
  buses: readonly string[],
): Promise<DeploymentFacts['rules'][number]> {
  const [Name = '', own] = id.split('|').reverse();
  const [first, ...others] = own === undefined ? [undefined, ...buses] : [own];
  const read = async (bus: string | undefined) => {
    const { State } = await client.send(new DescribeRuleCommand({ Name, ...present({ EventBusName: bus }) }));
    return { name: Name, isEnabled: State !== 'DISABLED' };
  };
  return others.reduce(
    (before, bus) =>
      before.catch((error: unknown) => {
        if (isNotThere(error)) return read(bus);
        throw error;
      }),
    read(first),
  );
}
