import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { RegisteredWorker, WorkerRegistry } from '../../../core/ports/registries';
import { unlessRefused, upstream } from '../aws-errors';
import { workersKey } from './keys';

export function createWorkerRegistry(client: DynamoDBDocumentClient, TableName: string): WorkerRegistry {
  const keyOf = (poolId: string, workerId: string) => ({ pk: workersKey(poolId), sk: workerId });

  return {
    async register(poolId, worker, at) {
      const Item = { ...keyOf(poolId, worker.workerId), ...worker, lastSeenAt: at, running: 0 };
      await upstream('DynamoDB write', () => client.send(new PutCommand({ TableName, Item })));
    },
    heartbeat: (poolId, workerId, { at, running, draining }) =>
      unlessRefused(() =>
        client.send(
          new UpdateCommand({
            TableName,
            Key: keyOf(poolId, workerId),
            UpdateExpression: 'SET lastSeenAt = :at, running = :running, draining = :draining',
            ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(lostAt)',
            ExpressionAttributeValues: { ':at': at, ':running': running, ':draining': draining },
          }),
        ),
      ),
    async list(poolId) {
      const workers: RegisteredWorker[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const command: QueryCommand = new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': workersKey(poolId) },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        });
        const { Items, LastEvaluatedKey } = await upstream('DynamoDB read', () => client.send(command));
        workers.push(...(Items ?? []).map(registered));
        start = LastEvaluatedKey;
      } while (start);
      return workers;
    },
    markLost: (poolId, workerId, { lastSeenAt, at }) =>
      unlessRefused(() =>
        client.send(
          new UpdateCommand({
            TableName,
            Key: keyOf(poolId, workerId),
            UpdateExpression: 'SET lostAt = if_not_exists(lostAt, :at)',
            ConditionExpression: 'lastSeenAt = :seen',
            ExpressionAttributeValues: { ':at': at, ':seen': lastSeenAt },
          }),
        ),
      ),
    async remove(poolId, workerId) {
      await unlessRefused(() =>
        client.send(
          new DeleteCommand({
            TableName,
            Key: keyOf(poolId, workerId),
            ConditionExpression: 'attribute_exists(lostAt)',
          }),
        ),
      );
    },
  };
}

function registered(item: Record<string, unknown>): RegisteredWorker {
  const { pk: _pk, sk: _sk, ...worker } = item;
  return worker as unknown as RegisteredWorker;
}
