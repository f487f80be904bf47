import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { present } from '../../../core/model/present';
import { upstream } from '../aws-errors';
import { RECONCILER_KEY } from './keys';

/** Where the reconciler goes on: a turn ends in time, wherever it is. */
export interface ReconcilerPlace {
  /** The stream behind which the next turn begins; undefined for the first one. */
  readonly get: () => Promise<string | undefined>;
  readonly put: (after: string | undefined) => Promise<void>;
}

export function createReconcilerPlace(client: DynamoDBDocumentClient, TableName: string): ReconcilerPlace {
  return {
    async get() {
      const command = new GetCommand({ TableName, Key: RECONCILER_KEY });
      const { Item } = await upstream('DynamoDB read', () => client.send(command));
      return Item?.['after'] as string | undefined;
    },
    async put(after) {
      const command = new PutCommand({ TableName, Item: { ...RECONCILER_KEY, ...present({ after }) } });
      await upstream('DynamoDB write', () => client.send(command));
    },
  };
}
