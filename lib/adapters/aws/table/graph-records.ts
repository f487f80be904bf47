import { type DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unlessRefused, upstream } from '../aws-errors';
import { graphKey, INDEX_NAME, MACHINES, MACHINES_LIST, usedKey } from './keys';

/**
 * `requested`: asked for by a submission; `pending`: being made; `ready`: jobs start on them; `deleting`, `absent`:
 * collected, and made again when the graph is used again.
 */
export type MachineStatus = 'requested' | 'pending' | 'ready' | 'deleting' | 'absent';

/** What is known of the state machines of a graph. Times in milliseconds since the epoch. */
export interface GraphRecord {
  readonly hash: string;
  readonly status: MachineStatus;
  /** `stack`: they belong to the deployment and are never collected. Absent until someone has looked. */
  readonly origin?: 'registered' | 'stack';
  /** As the compiler calls them, root first. */
  readonly machines?: readonly string[];
  readonly lastUsedAt: number;
  readonly changedAt: number;
}

/** The records of graphs. Every change is conditional; what loses answers false and changes nothing. */
export interface GraphRecords {
  readonly get: (hash: string) => Promise<GraphRecord | undefined>;
  /** Notes that someone asked for machines; false when they are there or being made. */
  readonly requested: (hash: string, at: number) => Promise<boolean>;
  /** Notes that they are being made, unless they are ready. */
  readonly pending: (hash: string, machines: readonly string[], at: number) => Promise<boolean>;
  readonly ready: (
    hash: string,
    origin: 'registered' | 'stack',
    of: { readonly machines: readonly string[]; readonly at: number },
  ) => Promise<void>;
  /** Notes a use; false when they are not ready any more. */
  readonly used: (hash: string, at: number) => Promise<boolean>;
  /** Takes ready machines out of use, unless they were used since `lastUsedAt`. */
  readonly deleting: (hash: string, lastUsedAt: number, at: number) => Promise<boolean>;
  /** Notes that they are gone. */
  readonly absent: (hash: string, at: number) => Promise<void>;
  /** Registered graphs whose machines were last used before `before`, longest unused first. */
  readonly unused: (before: number, limit: number) => Promise<string[]>;
}

interface Change {
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  /** Over `#status`, and values under the names of `values`. */
  readonly condition?: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

export function createGraphRecords(client: DynamoDBDocumentClient, TableName: string): GraphRecords {
  async function change(
    hash: string,
    { set, remove = [], condition, values = {} }: Change,
  ): Promise<boolean> {
    const names = [...Object.keys(set), ...remove];
    const sets = Object.keys(set).map((name) => `#${name} = :${name}`);
    const command = new UpdateCommand({
      TableName,
      Key: { pk: graphKey(hash), sk: MACHINES },
      UpdateExpression: `SET ${sets.join(', ')}${remove.length === 0 ? '' : ` REMOVE ${remove.map((n) => `#${n}`).join(', ')}`}`,
      ...(condition === undefined ? {} : { ConditionExpression: condition }),
      ExpressionAttributeNames: Object.fromEntries(
        [...names, ...(condition?.includes('#status') ? ['status'] : [])].map((n) => [`#${n}`, n]),
      ),
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
        ...values,
      },
    });
    return unlessRefused(() => client.send(command));
  }

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

function recordOf(hash: string, item: Record<string, unknown>): GraphRecord {
  const { status, origin, machines, lastUsedAt, changedAt } = item as unknown as GraphRecord;
  return {
    ...{ hash, status, lastUsedAt, changedAt },
    ...(origin === undefined ? {} : { origin }),
    ...(machines === undefined ? {} : { machines }),
  };
}
