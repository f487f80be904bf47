import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { WorkerAnswers, WorkerKey } from '../../../core/ports/registries';
import { upstream } from '../aws-errors';
import { createJointReads } from './joint-reads';
import { answersKey } from './keys';

/** Whoever called has given up long before. */
const KEPT_SECONDS = 600;

export function createWorkerAnswers(client: DynamoDBDocumentClient, TableName: string): WorkerAnswers {
  const keyOf = ({ pool, workerId }: WorkerKey, callId: string) => ({
    pk: answersKey(pool, workerId),
    sk: callId,
  });
  const read = createJointReads(client, TableName);

  return {
    async put(worker, callId, { at, ...answer }) {
      const Item = { ...keyOf(worker, callId), ...answer, ttl: Math.ceil(at / 1_000) + KEPT_SECONDS };
      await upstream('DynamoDB write', () => client.send(new PutCommand({ TableName, Item })));
    },
    get: async (worker, callId) => (await read(keyOf(worker, callId)))?.['status'] as number | undefined,
    told: async (worker, callId) => (await read(keyOf(worker, callId)))?.['told'] as string | undefined,
  };
}
