import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Timing } from '../../../core/model/time';
import { isNamed, upstream } from '../aws-errors';
import { deleteAll, getAll } from './batches';
import {
  CLOSED,
  CLOSED_LIST,
  closedKey,
  eventsKey,
  INDEX_NAME,
  LIST,
  LIST_BY_STATUS,
  OPEN,
  SEALED_LIST,
} from './keys';

/**
 * How long a seal stays when its stream is gone, in milliseconds: past everything that may still be on its way to the
 * stream, which SQS keeps for 14 days at most, and past every process that remembers where the stream ended.
 */
const SEAL_MS = 15 * 24 * 3_600_000;

/** A stream that is over and owes nothing. */
export interface ClosedStream {
  readonly stream: string;
  /** When that was found, milliseconds since the epoch. */
  readonly closedAt: number;
}

/** Streams that may be removed, and how: first nothing can be appended any more, then the items go. */
export interface ClosedStreams {
  /** Closed before a time, the oldest first. Follows the table with a lag. */
  readonly closed: (before: number, limit: number) => Promise<readonly ClosedStream[]>;
  /** Those of at most a hundred streams that were opened again since they were closed. */
  readonly reopened: (streams: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Those that are half removed. */
  readonly sealed: (limit: number) => Promise<readonly string[]>;
  /**
   * Takes a stream off every list and puts a seal where its next page would be: nobody appends to it any more.
   * @param seq its last event. @returns false, and changes nothing, where it has gone on since, or is open again.
   */
  readonly seal: (stream: string, seq: number) => Promise<boolean>;
  /**
   * Deletes the items of a sealed stream, and lets its seal expire. Its snapshot has to be gone before: together with what
   * is left of its pages it would make a fold.
   * @param at milliseconds since the epoch.
   */
  readonly erase: (stream: string, at: number) => Promise<void>;
}

export function createClosedStreams(
  client: DynamoDBDocumentClient,
  tableName: string,
  timing: Timing,
): ClosedStreams {
  async function listed(condition: string, values: Record<string, unknown>, limit: number) {
    const command = new QueryCommand({
      TableName: tableName,
      IndexName: INDEX_NAME,
      KeyConditionExpression: condition,
      ExpressionAttributeValues: values,
      Limit: limit,
    });
    return (await upstream('DynamoDB read', () => client.send(command))).Items ?? [];
  }

  return {
    async closed(before, limit) {
      const values = { ':list': CLOSED_LIST, ':before': closedKey(before) };
      const items = await listed('gsi1pk = :list AND gsi1sk < :before', values, limit);
      return items.map(({ pk, closedAt }) => ({ stream: String(pk), closedAt: Number(closedAt) }));
    },
    async reopened(streams) {
      if (streams.length === 0) return new Set();
      const keys = streams.map((pk) => ({ pk, sk: OPEN }));
      return new Set((await getAll(client, tableName, keys)).map(({ pk }) => String(pk)));
    },
    async sealed(limit) {
      const items = await listed('gsi1pk = :list', { ':list': SEALED_LIST }, limit);
      return items.map(({ pk }) => String(pk));
    },
    async seal(stream, seq) {
      const remove = (sk: string) => ({ Delete: { TableName: tableName, Key: { pk: stream, sk } } });
      const command = new TransactWriteCommand({
        TransactItems: [
          {
            Put: {
              TableName: tableName,
              Item: sealOf(stream, seq),
              ConditionExpression: 'attribute_not_exists(pk)',
            },
          },
          {
            ConditionCheck: {
              TableName: tableName,
              Key: { pk: stream, sk: OPEN },
              ConditionExpression: 'attribute_not_exists(pk)',
            },
          },
          ...[LIST, LIST_BY_STATUS, CLOSED].map(remove),
        ],
      });
      try {
        await upstream('DynamoDB write', () => client.send(command));
        return true;
      } catch (error) {
        if (isNamed(error, 'TransactionCanceledException')) return false;
        throw error;
      }
    },
    async erase(stream, at) {
      const keys = await keysOf(client, tableName, stream);
      const seal = keys.find(({ sealed }) => sealed);
      const pages = keys.filter((key) => key !== seal && key.from !== undefined);
      // Without its beginning nobody can fold what is left: it goes first, and alone.
      const [first] = pages;
      const keyOf = ({ sk }: Key) => ({ pk: stream, sk });
      if (first) {
        const command = new DeleteCommand({ TableName: tableName, Key: keyOf(first) });
        await upstream('DynamoDB write', () => client.send(command));
      }
      const rest = keys.filter((key) => key !== seal && key !== first);
      await deleteAll({ client, tableName, timing }, rest.map(keyOf));
      if (seal) await letExpire({ client, tableName }, keyOf(seal), at + SEAL_MS);
    },
  };
}

/** A page without events, in the list of those that are half removed. It owes no effects: `to` is before every event. */
function sealOf(stream: string, seq: number): Record<string, unknown> {
  const page = { pk: stream, sk: eventsKey(seq + 1), from: seq + 1, to: 0, events: '[]' };
  return { ...page, sealed: true, gsi1pk: SEALED_LIST, gsi1sk: stream };
}

interface Key {
  readonly sk: string;
  /** Of a page. */
  readonly from?: number;
  readonly sealed?: boolean;
}

/** Keys of all items of a stream, pages in their order. */
async function keysOf(client: DynamoDBDocumentClient, TableName: string, stream: string): Promise<Key[]> {
  const keys: Key[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const command: QueryCommand = new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ProjectionExpression: 'sk, #from, sealed',
      ExpressionAttributeNames: { '#from': 'from' },
      ExpressionAttributeValues: { ':pk': stream },
      ConsistentRead: true,
      ExclusiveStartKey: start,
    });
    const { Items, LastEvaluatedKey } = await upstream('DynamoDB read', () => client.send(command));
    keys.push(...((Items ?? []) as unknown as Key[]));
    start = LastEvaluatedKey;
  } while (start);
  return keys;
}

async function letExpire(
  { client, tableName }: { readonly client: DynamoDBDocumentClient; readonly tableName: string },
  Key: Record<string, unknown>,
  at: number,
): Promise<void> {
  const command = new UpdateCommand({
    TableName: tableName,
    Key,
    UpdateExpression: 'SET #ttl = :at REMOVE gsi1pk, gsi1sk',
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: { ':at': Math.floor(at / 1_000) },
  });
  await upstream('DynamoDB write', () => client.send(command));
}
