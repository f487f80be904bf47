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

  async function read(worker: WorkerKey, callId: string): Promise<Record<string, unknown> | undefined> {
    const command = new GetCommand({ TableName, Key: keyOf(worker, callId), ConsistentRead: true });
    return (await upstream('DynamoDB read', () => client.send(command))).Item;
  }

  return {
    async put(worker, callId, { at, ...answer }) {
      const Item = { ...keyOf(worker, callId), ...answer, ttl: Math.ceil(at / 1_000) + KEPT_SECONDS };
      await upstream('DynamoDB write', () => client.send(new PutCommand({ TableName, Item })));
    },
    get: async (worker, callId) => (await read(worker, callId))?.['status'] as number | undefined,
    told: async (worker, callId) => (await read(worker, callId))?.['told'] as string | undefined,
  };
}
