import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Worker } from '../../../core/messages/pool';
import { unlessRefused, upstream } from '../aws-errors';
import { workersKey } from './keys';

/** A worker as it last spoke. Times in milliseconds since the epoch. */
export interface RegisteredWorker extends Worker {
  readonly lastSeenAt: number;
  /** Attempts it said it runs. */
  readonly running: number;
  /** It said that it takes nothing new. */
  readonly draining?: boolean;
  /** Held for lost since then: its heartbeats are refused until it registers anew. */
  readonly lostAt?: number;
}

/** Which workers a pool has and when each was last heard of. The pool's journal holds what they work on. */
export interface WorkerRegistry {
  readonly register: (poolId: string, worker: Worker, at: number) => Promise<void>;
  /** @returns false when the node is not registered or held for lost. */
  readonly heartbeat: (
    poolId: string,
    workerId: string,
    beat: { at: number; running: number; draining: boolean },
  ) => Promise<boolean>;
  readonly list: (poolId: string) => Promise<RegisteredWorker[]>;
  /** Holds a node for lost unless it was heard of since `lastSeenAt`. @returns whether it is held for lost now. */
  readonly markLost: (
    poolId: string,
    workerId: string,
    since: { lastSeenAt: number; at: number },
  ) => Promise<boolean>;
  /** Forgets a node that is held for lost. */
  readonly remove: (poolId: string, workerId: string) => Promise<void>;
}

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
