import { BatchGetCommand, BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { RepriseError } from '../../../core/errors';
import { chunks } from '../../../core/model/chunks';
import type { Timing } from '../../../core/model/time';
import { retrying } from '../../../core/retry/retrying';
import { upstream } from '../aws-errors';

/** As many as one call takes. */
const BATCH = 25;
const READ_BATCH = 100;

/** Calls that are under way at a time. */
const AT_ONCE = 8;

const PATIENCE = {
  attempts: 8,
  backoff: { strategy: 'exponential', initialDelayMs: 50, maxDelayMs: 5_000, jitter: 'full' },
} as const;

type Item = Record<string, unknown>;
type Requests = ({ PutRequest: { Item: Item } } | { DeleteRequest: { Key: Item } })[];

interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly timing: Timing;
}

/**
 * Puts items whose keys differ. Some may be there when it fails: put all of them again.
 * @throws RepriseError UPSTREAM_UNAVAILABLE
 */
export async function putAll(
  client: DynamoDBDocumentClient,
  tableName: string,
  items: readonly Item[],
  timing: Timing,
): Promise<void> {
  const requests: Requests = items.map((Item) => ({ PutRequest: { Item } }));
  await someAtOnce(chunks(requests, BATCH), (batch) => write({ client, tableName, timing }, batch));
}

/**
 * Deletes items by their keys, one batch after the other. Some may be gone when it fails: delete all of them again.
 * @throws RepriseError UPSTREAM_UNAVAILABLE
 */
export async function deleteAll(table: Table, keys: readonly Item[]): Promise<void> {
  const requests: Requests = keys.map((Key) => ({ DeleteRequest: { Key } }));
  for (const batch of chunks(requests, BATCH)) await write(table, batch);
}

async function someAtOnce<T>(batches: readonly T[], each: (batch: T) => Promise<void>): Promise<void> {
  for (let first = 0; first < batches.length; first += AT_ONCE) {
    await Promise.all(batches.slice(first, first + AT_ONCE).map(each));
  }
}

async function write({ client, tableName, timing }: Table, batch: Requests): Promise<void> {
  let left = batch;
  await retrying(
    async () => {
      const command = new BatchWriteCommand({ RequestItems: { [tableName]: left } });
      const { UnprocessedItems } = await upstream('DynamoDB write', () => client.send(command));
      left = (UnprocessedItems?.[tableName] ?? []) as Requests;
      if (left.length > 0) throw new RepriseError('UPSTREAM_UNAVAILABLE', `${left.length} items are left`);
    },
    { ...PATIENCE, ...timing },
  );
}

interface Reading {
  /** What is read of the items; all by default. */
  readonly attributes?: readonly string[];
  /** As they are now, and not as they were a moment ago: twice as dear. */
  readonly isConsistent?: boolean;
}

/** Reads any number of items by their keys, as `getAll`. */
export async function getMany(
  client: DynamoDBDocumentClient,
  tableName: string,
  keys: readonly Item[],
  how: Reading = {},
): Promise<Item[]> {
  const found: Item[] = [];
  await someAtOnce(chunks(keys, READ_BATCH), async (batch) => {
    found.push(...(await getAll(client, tableName, batch, how)));
  });
  return found;
}

/**
 * Reads up to a hundred items by their keys, no two of which are alike; those that are there, in any order.
 * @throws RepriseError UPSTREAM_UNAVAILABLE
 */
export async function getAll(
  client: DynamoDBDocumentClient,
  tableName: string,
  keys: readonly Item[],
  { attributes, isConsistent = false }: Reading = {},
): Promise<Item[]> {
  const found: Item[] = [];
  const only = attributes && {
    ProjectionExpression: attributes.map((_, i) => `#a${i}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name, i) => [`#a${i}`, name])),
  };
  for (let left = [...keys]; left.length > 0; ) {
    const RequestItems = { [tableName]: { Keys: left, ConsistentRead: isConsistent, ...only } };
    const command: BatchGetCommand = new BatchGetCommand({ RequestItems });
    const { Responses, UnprocessedKeys } = await upstream('DynamoDB read', () => client.send(command));
    found.push(...(Responses?.[tableName] ?? []));
    const rest: Item[] = UnprocessedKeys?.[tableName]?.Keys ?? [];
    if (rest.length === left.length) {
      throw new RepriseError('UPSTREAM_UNAVAILABLE', 'DynamoDB reads nothing of a batch now');
    }
    left = rest;
  }
  return found;
}
