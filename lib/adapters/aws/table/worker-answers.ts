import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { WorkerAnswers, WorkerKey } from '../../../core/ports/registries';
import { upstream } from '../aws-errors';
import { answersKey } from './keys';

/** Whoever called has given up long before. */
const KEPT_SECONDS = 600;

export function createWorkerAnswers(client: DynamoDBDocumentClient, TableName: string): WorkerAnswers {
  const keyOf = ({ pool, workerId }: WorkerKey, callId: string) => ({
    pk: answersKey(pool, workerId),
    sk: callId,
  });

  return {
    async put(worker, callId, { status, at }) {
      const Item = { ...keyOf(worker, callId), status, ttl: Math.ceil(at / 1_000) + KEPT_SECONDS };
      await upstream('DynamoDB write', () => client.send(new PutCommand({ TableName, Item })));
    },
    async get(worker, callId) {
      const command = new GetCommand({ TableName, Key: keyOf(worker, callId), ConsistentRead: true });
      const { Item } = await upstream('DynamoDB read', () => client.send(command));
      return Item?.['status'] as number | undefined;
    },
  };
}
