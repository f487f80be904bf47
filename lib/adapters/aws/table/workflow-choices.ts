import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { jobAt, streamOf } from '../../../core/messages/address';
import { isNamed, unlessRefused, upstream } from '../aws-errors';
import { workflowKey } from './keys';

/** One of the executions that a job's workflow has in its time, from 1. */
export interface WorkflowRun {
  readonly jobId: string;
  readonly run: number;
}

/** Which machine does a run of a job. Decided once; every repeat of the start, and the stop, reads it. */
export interface WorkflowChoice {
  readonly graphHash: string;
  /** As StartExecution takes it: with the alias where there is one. */
  readonly stateMachineArn: string;
  readonly executionName: string;
}

export interface RecordedChoice extends Partial<WorkflowChoice> {
  /** What StartExecution answered: the ARN of an execution is not derived from that of an alias. */
  readonly executionArn?: string;
  /** The run was stopped: it is not to be started any more. Milliseconds since the epoch. */
  readonly stoppedAt?: number;
}

export interface WorkflowChoices {
  readonly get: (of: WorkflowRun) => Promise<RecordedChoice | undefined>;
  /** Records the choice unless there is one. @returns the one that holds. */
  readonly choose: (of: WorkflowRun, choice: WorkflowChoice) => Promise<RecordedChoice>;
  /** Puts another choice for one that could not be started. @returns the one that holds. */
  readonly replace: (of: WorkflowRun, choice: WorkflowChoice, by: WorkflowChoice) => Promise<RecordedChoice>;
  /** @returns all that is recorded, so that a stop which came in between is seen. */
  readonly started: (of: WorkflowRun, executionArn: string) => Promise<RecordedChoice>;
  /** @returns all that is recorded; from now on no start begins. */
  readonly stopped: (of: WorkflowRun, at: number) => Promise<RecordedChoice>;
}

export function createWorkflowChoices(client: DynamoDBDocumentClient, TableName: string): WorkflowChoices {
  const keyOf = ({ jobId, run }: WorkflowRun) => ({ pk: streamOf(jobAt(jobId)), sk: workflowKey(run) });

  async function get(of: WorkflowRun): Promise<RecordedChoice | undefined> {
    const command = new GetCommand({ TableName, Key: keyOf(of), ConsistentRead: true });
    return (await upstream('DynamoDB read', () => client.send(command))).Item as RecordedChoice | undefined;
  }

  async function set(of: WorkflowRun, name: 'executionArn' | 'stoppedAt', value: unknown) {
    const command = new UpdateCommand({
      TableName,
      Key: keyOf(of),
      UpdateExpression: `SET ${name} = if_not_exists(${name}, :value)`,
      ExpressionAttributeValues: { ':value': value },
      ReturnValues: 'ALL_NEW',
    });
    return (await upstream('DynamoDB write', () => client.send(command))).Attributes as RecordedChoice;
  }

  return {
    get,
    async choose(of, choice) {
      const Item = { ...keyOf(of), ...choice };
      const command = new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' });
      try {
        await upstream('DynamoDB write', () => client.send(command));
        return choice;
      } catch (error) {
        if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
        return (await get(of)) ?? choice;
      }
    },
    async replace(of, { stateMachineArn }, by) {
      const command = new UpdateCommand({
        TableName,
        Key: keyOf(of),
        UpdateExpression: 'SET stateMachineArn = :by',
        ConditionExpression: 'stateMachineArn = :found AND attribute_not_exists(executionArn)',
        ExpressionAttributeValues: { ':found': stateMachineArn, ':by': by.stateMachineArn },
      });
      await unlessRefused(() => client.send(command));
      return (await get(of)) ?? by;
    },
    started: (of, executionArn) => set(of, 'executionArn', executionArn),
    stopped: (of, at) => set(of, 'stoppedAt', at),
  };
}
