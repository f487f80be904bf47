import { type DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { GraphRecord, GraphRecords } from '../../../core/ports/machines';
import { unlessRefused, upstream } from '../aws-errors';
import { graphKey, INDEX_NAME, MACHINES, MACHINES_LIST, usedKey } from './keys';

interface Change {
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  /** Over `#status`, and values under the names of `values`. */
  readonly condition?: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

export function createGraphRecords(client: DynamoDBDocumentClient, TableName: string): GraphRecords {
  const change = (hash: string, wanted: Change): Promise<boolean> =>
    unlessRefused(() => client.send(changeCommand(TableName, hash, wanted)));

  const READY = { ':isReady': 'ready' };
  /** Only machines that were registered are in the list that is collected from. */
  const listed = (hash: string, at: number) => ({ gsi1pk: MACHINES_LIST, gsi1sk: usedKey(at, hash) });

  return {
    async get(hash) {
      const Key = { pk: graphKey(hash), sk: MACHINES };
      const command = new GetCommand({ TableName, Key, ConsistentRead: true });
      const { Item } = await upstream('DynamoDB read', () => client.send(command));
      return Item && recordOf(hash, Item);
    },
    noted: (hash, at) =>
      change(hash, {
        set: { status: 'noted', lastUsedAt: at, changedAt: at },
        condition: 'attribute_not_exists(pk) OR #status = :isAbsent',
        values: { ':isAbsent': 'absent' },
      }),
    refused: (hash, at) =>
      change(hash, {
        set: { status: 'refused', lastUsedAt: at, changedAt: at },
        condition: 'attribute_not_exists(pk) OR #status <> :isReady',
        values: READY,
      }),
    count: (atMost) => countMachines(client, TableName, atMost),
    requested: (hash, at) =>
      change(hash, {
        set: { status: 'requested', lastUsedAt: at, changedAt: at },
        condition: 'attribute_not_exists(pk) OR NOT #status IN (:isReady, :isPending)',
        values: { ...READY, ':isPending': 'pending' },
      }),
    pending: (hash, machines, at) =>
      change(hash, {
        set: { status: 'pending', origin: 'registered', machines, lastUsedAt: at, changedAt: at },
        condition: 'attribute_not_exists(pk) OR #status <> :isReady',
        values: READY,
      }),
    async ready(hash, origin, { machines, at }) {
      const list = origin === 'registered' ? listed(hash, at) : {};
      const set = { status: 'ready', origin, machines, lastUsedAt: at, changedAt: at, ...list };
      await change(hash, { set });
    },
    async used(hash, at) {
      const registered = { ':isRegistered': 'registered' };
      const isListed = await change(hash, {
        set: { lastUsedAt: at, ...listed(hash, at) },
        condition: '#status = :isReady AND origin = :isRegistered',
        values: { ...READY, ...registered },
      });
      return (
        isListed || change(hash, { set: { lastUsedAt: at }, condition: '#status = :isReady', values: READY })
      );
    },
    deleting: (hash, lastUsedAt, at) =>
      change(hash, {
        set: { status: 'deleting', changedAt: at },
        condition: '#status = :isReady AND lastUsedAt = :seen',
        values: { ...READY, ':seen': lastUsedAt },
      }),
    async absent(hash, at) {
      const set = { status: 'absent', changedAt: at };
      // Registered again in the meantime, it is somebody else's to say.
      const condition = '#status IN (:isReady, :isDeleting)';
      const values = { ...READY, ':isDeleting': 'deleting' };
      await change(hash, { set, remove: ['gsi1pk', 'gsi1sk'], condition, values });
    },
    async unused(before, limit) {
      const command = new QueryCommand({
        TableName,
        IndexName: INDEX_NAME,
        KeyConditionExpression: 'gsi1pk = :list AND gsi1sk < :before',
        ExpressionAttributeValues: { ':list': MACHINES_LIST, ':before': usedKey(before, '') },
        Limit: limit,
      });
      const { Items } = await upstream('DynamoDB read', () => client.send(command));
      return (Items ?? []).map(({ pk }) => String(pk).slice(graphKey('').length));
    },
  };
}

/** Machines in the list of those that may be collected, which are all that were registered. */
async function countMachines(client: DynamoDBDocumentClient, TableName: string, atMost: number) {
  let counted = 0;
  let start: Record<string, unknown> | undefined;
  do {
    const command: QueryCommand = new QueryCommand({
      TableName,
      IndexName: INDEX_NAME,
      KeyConditionExpression: 'gsi1pk = :list',
      ExpressionAttributeValues: { ':list': MACHINES_LIST },
      ProjectionExpression: 'machines',
      ExclusiveStartKey: start,
    });
    const { Items, LastEvaluatedKey } = await upstream('DynamoDB read', () => client.send(command));
    for (const { machines } of (Items ?? []) as Partial<GraphRecord>[]) counted += machines?.length ?? 1;
    start = LastEvaluatedKey;
  } while (start && counted < atMost);
  return Math.min(counted, atMost);
}

function changeCommand(TableName: string, hash: string, { set, remove = [], condition, values }: Change) {
  const names = [...Object.keys(set), ...remove, ...(condition?.includes('#status') ? ['status'] : [])];
  const sets = Object.keys(set).map((name) => `#${name} = :${name}`);
  const removal = remove.length === 0 ? '' : ` REMOVE ${remove.map((name) => `#${name}`).join(', ')}`;
  return new UpdateCommand({
    ...{ TableName, Key: { pk: graphKey(hash), sk: MACHINES } },
    UpdateExpression: `SET ${sets.join(', ')}${removal}`,
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
      ...values,
    },
  });
}

function recordOf(hash: string, item: Record<string, unknown>): GraphRecord {
  const { status, origin, machines, lastUsedAt, changedAt } = item as unknown as GraphRecord;
  return {
    ...{ hash, status, lastUsedAt, changedAt },
    ...(origin === undefined ? {} : { origin }),
    ...(machines === undefined ? {} : { machines }),
  };
}
