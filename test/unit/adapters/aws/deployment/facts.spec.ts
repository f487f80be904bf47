import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { DescribeRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { deploymentFacts } from '../../../../../lib/adapters/aws/deployment/facts';
import { checkDeployment } from '../../../../../lib/core/doctor/deployment';

const cloud = mockClient(CloudFormationClient);
const dynamo = mockClient(DynamoDBClient);
const documents = mockClient(DynamoDBDocumentClient);
const sqs = mockClient(SQSClient);
const sfn = mockClient(SFNClient);
const events = mockClient(EventBridgeClient);

const resource = (ResourceType: string, PhysicalResourceId: string) => ({ ResourceType, PhysicalResourceId });

beforeEach(() => {
  for (const client of [cloud, dynamo, documents, sqs, sfn, events]) client.reset();
  cloud.on(DescribeStacksCommand).callsFake(({ StackName }) => ({
    Stacks: [
      {
        StackStatus: 'CREATE_COMPLETE',
        Outputs: String(StackName).endsWith('data')
          ? [{ OutputKey: 'TableName', OutputValue: 'jobs' }]
          : [{ OutputKey: 'Version', OutputValue: '1' }],
      },
    ],
  }));
  cloud.on(ListStackResourcesCommand).resolves({});
  cloud.on(ListStackResourcesCommand, { StackName: 'reprise-dev-engine' }).resolves({
    StackResourceSummaries: [
      resource('AWS::SQS::Queue', 'https://q/jobs'),
      resource('AWS::SQS::Queue', 'https://q/dlq'),
    ] as never,
    NextToken: 'more',
  });
  cloud.on(ListStackResourcesCommand, { StackName: 'reprise-dev-engine', NextToken: 'more' }).resolves({
    StackResourceSummaries: [
      resource('AWS::Events::Rule', 'bus|tick'),
      resource('AWS::StepFunctions::StateMachine', 'arn:m'),
    ] as never,
  });
  dynamo.on(DescribeTableCommand).resolves({ Table: { TableStatus: 'ACTIVE' } as never });
  dynamo.on(DescribeContinuousBackupsCommand).resolves({
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
    },
  });
  documents.on(GetCommand).resolves({ Item: { version: 2, applied: [] } });
  const redrive = { deadLetterTargetArn: 'arn:aws:sqs:r:1:dlq', maxReceiveCount: 5 };
  sqs.on(GetQueueAttributesCommand, { QueueUrl: 'https://q/jobs' }).resolves({
    Attributes: {
      QueueArn: 'arn:aws:sqs:r:1:jobs',
      RedrivePolicy: JSON.stringify(redrive),
      ApproximateNumberOfMessages: '3',
    },
  });
  sqs.on(GetQueueAttributesCommand, { QueueUrl: 'https://q/dlq' }).resolves({
    Attributes: { QueueArn: 'arn:aws:sqs:r:1:dlq', ApproximateNumberOfMessages: '2' },
  });
  sfn.on(DescribeStateMachineCommand).resolves({ name: 'runner', status: 'ACTIVE' });
  events.on(DescribeRuleCommand, { Name: 'tick', EventBusName: 'bus' }).resolves({ State: 'DISABLED' });
});

const seen = () => deploymentFacts('dev', { region: 'eu-west-1', ownVersion: '1' });

describe('what is seen of a deployment', () => {
  it('is every resource of its stacks, over all pages', async () => {
    expect(await seen()).toMatchObject({
      deployedVersion: '1',
      table: { name: 'jobs', isRecoverable: true, layout: 2, newestLayout: 2 },
      queues: [
        { name: 'jobs', isDlq: false, maxReceives: 5, waiting: 3 },
        { name: 'dlq', isDlq: true, waiting: 2 },
      ],
      machines: [{ name: 'runner', status: 'ACTIVE' }],
      rules: [{ name: 'tick', isEnabled: false }],
    });
    const bad = checkDeployment(await seen()).filter(({ verdict }) => verdict !== 'pass');
    expect(bad.map(({ id }) => id)).toEqual(['queues.dlq', 'rules']);
  });

  it('is what somebody has deleted past the stacks', async () => {
    const named = (name: string) => Object.assign(new Error('it does not exist'), { name });
    events.on(DescribeRuleCommand).rejects(named('ResourceNotFoundException'));
    sfn.on(DescribeStateMachineCommand).rejects(named('StateMachineDoesNotExist'));
    sqs.on(GetQueueAttributesCommand, { QueueUrl: 'https://q/dlq' }).rejects(named('QueueDoesNotExist'));
    dynamo.on(DescribeTableCommand).rejects(named('ResourceNotFoundException'));
    const { gone, ...facts } = await seen();
    expect(gone).toEqual(['jobs', 'https://q/dlq', 'arn:m', 'bus|tick']);
    expect(facts).toMatchObject({ machines: [], rules: [] });
    const bad = checkDeployment({ gone, ...facts }).filter(({ verdict }) => verdict === 'fail');
    expect(bad.map(({ id }) => id)).toEqual(['resources', 'table', 'machines']);
  });

  it('is a rule of whichever bus, where the cloud names it without', async () => {
    cloud.on(ListStackResourcesCommand, { StackName: 'reprise-dev-engine' }).resolves({
      StackResourceSummaries: [
        resource('AWS::Events::EventBus', 'bus'),
        resource('AWS::Events::Rule', 'tick'),
      ] as never,
    });
    const gone = Object.assign(new Error('it does not exist'), { name: 'ResourceNotFoundException' });
    events.on(DescribeRuleCommand, { Name: 'tick' }, true).rejects(gone);
    expect(await seen()).toMatchObject({ rules: [{ name: 'tick', isEnabled: false }], gone: [] });
  });

  it('is that a stack is not there', async () => {
    cloud.on(DescribeStacksCommand).rejects(
      Object.assign(new Error('Stack with id reprise-dev-data does not exist'), {
        name: 'ValidationError',
      }),
    );
    const facts = await seen();
    expect(facts.stacks.map(({ status }) => status)).toEqual([undefined, undefined, undefined]);
    expect(facts.table).toBeUndefined();
  });

  it('is nothing without credentials, which is said', async () => {
    cloud.on(DescribeStacksCommand).rejects(new Error('Could not load credentials'));
    await expect(seen()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});
