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
    return {
      ...{ environment, ownVersion, deployedVersion: outputs['Version'] },
      stacks: names.map((name, i) => ({ name, status: stacks[i]?.status })),
      ...(tableName !== undefined && { table: await tableOf(new DynamoDBClient(settings), tableName) }),
      queues: await queuesOf(new SQSClient(settings), idsOf('AWS::SQS::Queue')),
      machines: await machinesOf(new SFNClient(settings), idsOf('AWS::StepFunctions::StateMachine')),
      rules: await rulesOf(new EventBridgeClient(settings), idsOf('AWS::Events::Rule')),
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

async function queuesOf(client: SQSClient, urls: readonly string[]): Promise<DeploymentFacts['queues']> {
  const found = await Promise.all(
    urls.map(async (QueueUrl) => {
      const AttributeNames = ['QueueArn', 'RedrivePolicy', 'ApproximateNumberOfMessages'] as const;
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
      const { Attributes = {} } = await client.send(command);
      const policy = JSON.parse(Attributes['RedrivePolicy'] ?? '{}') as Record<string, unknown>;
      return {
        arn: Attributes['QueueArn'] ?? '',
        policy,
        waiting: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
      };
    }),
  );
  const dlqs = new Set(found.map(({ policy }) => policy['deadLetterTargetArn']));
  return found.map(({ arn, policy, waiting }) => ({
    ...{ name: arn.slice(arn.lastIndexOf(':') + 1), isDlq: dlqs.has(arn), waiting },
    maxReceives: policy['maxReceiveCount'] === undefined ? undefined : Number(policy['maxReceiveCount']),
  }));
}

const machinesOf = (client: SFNClient, arns: readonly string[]): Promise<DeploymentFacts['machines']> =>
  Promise.all(
    arns.map(async (stateMachineArn) => {
      const { name = '', status = '' } = await client.send(
        new DescribeStateMachineCommand({ stateMachineArn }),
      );
      return { name, status };
    }),
  );

/** A rule of another bus than the default one is named after it: `BUS|RULE`. */
const rulesOf = (client: EventBridgeClient, ids: readonly string[]): Promise<DeploymentFacts['rules']> =>
  Promise.all(
    ids.map(async (id) => {
      const [name = '', bus] = id.split('|').reverse();
      const command = new DescribeRuleCommand({
        Name: name,
        ...(bus !== undefined && { EventBusName: bus }),
      });
      const { State } = await client.send(command);
      return { name, isEnabled: State !== 'DISABLED' };
    }),
  );
