import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { PoolStatusIndex } from '../../../core/engine/stream-engine';
import { poolStream } from '../../../core/messages/address';
import { unlessRefused, upstream } from '../aws-errors';
import { OVERLOAD, QUEUE } from './keys';

export type PoolQueue = Omit<PoolStatusIndex, 'kind'>;

/** The queues of jobs as submissions see them, without the fold of a pool. */
export interface PoolQueues {
  /** As of the pool's last append that changed it; open and empty before the first. */
  readonly get: (poolId: string) => Promise<PoolQueue>;
  /** Takes the right to say that the queue is full. @returns false when that was said within `quietMs`. */
  readonly mayAnnounce: (poolId: string, at: number, quietMs: number) => Promise<boolean>;
}

const EMPTY: PoolQueue = { status: 'open', waiting: 0, running: 0 };

/** What the journal writes beside the head of a pool. */
export function queueItem(
  stream: string,
  { status, waiting, running }: PoolStatusIndex,
): Record<string, unknown> {
  return { pk: stream, sk: QUEUE, status, waiting, running };
}

export function createPoolQueues(client: DynamoDBDocumentClient, TableName: string): PoolQueues {
  return {
    async get(poolId) {
      const Key = { pk: poolStream(poolId), sk: QUEUE };
      const command = new GetCommand({ TableName, Key, ConsistentRead: true });
      const { Item } = await upstream('DynamoDB read', () => client.send(command));
      if (!Item) return EMPTY;
      const { status, waiting, running } = Item as unknown as PoolQueue;
      return { status, waiting, running };
    },
    async mayAnnounce(poolId, at, quietMs) {
      const command = new UpdateCommand({
        TableName,
        Key: { pk: poolStream(poolId), sk: OVERLOAD },
        UpdateExpression: 'SET announcedAt = :at',
        ConditionExpression: 'attribute_not_exists(announcedAt) OR announcedAt <= :before',
        ExpressionAttributeValues: { ':at': at, ':before': at - quietMs },
      });
      return unlessRefused(() => client.send(command));
    },
  };
}
