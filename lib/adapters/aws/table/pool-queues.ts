import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { poolAt, streamOf } from '../../../core/messages/address';
import type { PoolQueue, PoolQueues } from '../../../core/ports/registries';
import type { PoolListing } from '../../../core/projections/listing';
import { unlessRefused, upstream } from '../aws-errors';
import { OVERLOAD, QUEUE } from './keys';

const EMPTY: PoolQueue = { status: 'open', waiting: 0, running: 0 };

/** What the journal writes beside the head of a pool. */
export function queueItem(
  stream: string,
  { status, waiting, running }: PoolListing,
): Record<string, unknown> {
  return { pk: stream, sk: QUEUE, status, waiting, running };
}

export function createPoolQueues(client: DynamoDBDocumentClient, TableName: string): PoolQueues {
  return {
    async get(poolId) {
      const Key = { pk: streamOf(poolAt(poolId)), sk: QUEUE };
      const command = new GetCommand({ TableName, Key, ConsistentRead: true });
      const { Item } = await upstream('DynamoDB read', () => client.send(command));
      if (!Item) return EMPTY;
      const { status, waiting, running } = Item as unknown as PoolQueue;
      return { status, waiting, running };
    },
    async mayAnnounce(poolId, at, quietMs) {
      const command = new UpdateCommand({
        TableName,
        Key: { pk: streamOf(poolAt(poolId)), sk: OVERLOAD },
        UpdateExpression: 'SET announcedAt = :at',
        ConditionExpression: 'attribute_not_exists(announcedAt) OR announcedAt <= :before',
        ExpressionAttributeValues: { ':at': at, ':before': at - quietMs },
      });
      return unlessRefused(() => client.send(command));
    },
  };
}
