import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { RepriseError } from '../../../core/errors';
import { NO_RECORD, parseRecord } from '../../../core/migration/migrate';
import type { Clock } from '../../../core/model/time';
import type { MigratedPage, Migration, StoreMarker } from '../../../core/ports/migration';
import { BEATS_KEPT } from '../../../core/recovery/detector';
import { dueAfter } from '../../../core/recovery/pace';
import { isNamed, unlessRefused, upstream } from '../aws-errors';
import { STORE_KEY, STORE_LOCK_KEY, WORKERS_PREFIX } from './keys';

/** A lock whose holder died is free after this, milliseconds; each part of a migration renews it, and takes far less. */
const LEASE_MS = 300_000;
/** Items that a part of a migration looks at. */
const PAGE = 500;

export interface TableStore {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly clock: Clock;
}

/** The record of a table, in an item of its own. @param owner who migrates, unique to the run. */
export function createTableMarker(store: TableStore, owner: string): StoreMarker {
  const { client, tableName: TableName, clock } = store;
  return {
    async read() {
      const command = new GetCommand({ TableName, Key: STORE_KEY, ConsistentRead: true });
      const { Item } = await upstream('DynamoDB read', () => client.send(command));
      return Item ? parseRecord(`the table ${TableName}`, Item) : NO_RECORD;
    },
    async write(record) {
      const renew = {
        TableName,
        Key: STORE_LOCK_KEY,
        UpdateExpression: 'SET #until = :until',
        ConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#until': 'until', '#owner': 'owner' },
        ExpressionAttributeValues: { ':until': clock() + LEASE_MS, ':owner': owner },
      };
      const put = { TableName, Item: { ...STORE_KEY, ...record } };
      const command = new TransactWriteCommand({ TransactItems: [{ Update: renew }, { Put: put }] });
      try {
        await upstream('DynamoDB write', () => client.send(command));
      } catch (cause) {
        if (!isNamed(cause, 'TransactionCanceledException')) throw cause;
        throw locked(TableName, 'another run has taken the migration over', cause);
      }
    },
    async lock() {
      const now = clock();
      const command = new PutCommand({
        TableName,
        Item: { ...STORE_LOCK_KEY, owner, until: now + LEASE_MS },
        ConditionExpression: 'attribute_not_exists(pk) OR #until < :now',
        ExpressionAttributeNames: { '#until': 'until' },
        ExpressionAttributeValues: { ':now': now },
      });
      if (!(await unlessRefused(() => client.send(command)))) {
        const wait = `another run migrates it: wait until it is over, or, where it died, for ${LEASE_MS / 60_000} minutes`;
        throw locked(TableName, wait);
      }
      return { release: () => release(store, owner) };
    },
  };
}

async function release({ client, tableName }: TableStore, owner: string): Promise<void> {
  const command = new DeleteCommand({
    TableName: tableName,
    Key: STORE_LOCK_KEY,
    ConditionExpression: '#owner = :owner',
    ExpressionAttributeNames: { '#owner': 'owner' },
    ExpressionAttributeValues: { ':owner': owner },
  });
  await unlessRefused(() => client.send(command));
}

function locked(table: string, why: string, cause?: unknown): RepriseError {
  return new RepriseError('JOB_LOCKED', `the table ${table}: ${why}`, { cause });
}

/** Layouts of the table, and what makes the next of each. Functions of the version before go on meanwhile. */
export function tableMigrations(store: TableStore): readonly Migration[] {
  return [
    {
      version: 1,
      name: 'layout-record',
      does: 'says in the item STORE which layout the table has',
      page: async () => ({ changed: 1, examples: ['STORE'] }),
    },
    {
      version: 2,
      name: 'worker-beats',
      does: 'gives workers that an earlier version registered the heartbeats that the detector reads',
      page: (cursor, how) => withBeats(store, cursor, how),
    },
  ];
}

/** Workers as they were registered before heartbeats were kept: each of theirs cost two writes. */
async function withBeats(
  { client, tableName: TableName }: TableStore,
  cursor: string | undefined,
  { dryRun }: { readonly dryRun: boolean },
): Promise<MigratedPage> {
  const scan = new ScanCommand({
    TableName,
    Limit: PAGE,
    FilterExpression: 'begins_with(pk, :workers) AND attribute_not_exists(beats)',
    ExpressionAttributeValues: { ':workers': WORKERS_PREFIX },
    ...(cursor === undefined ? {} : { ExclusiveStartKey: JSON.parse(cursor) }),
  });
  const { Items = [], LastEvaluatedKey } = await upstream('DynamoDB scan', () => client.send(scan));
  const examples: string[] = [];
  for (const { pk, sk, lastSeenAt, connectionId } of Items) {
    const due = dueAfter(lastSeenAt as number, { connectionId: connectionId as string | undefined });
    const update = new UpdateCommand({
      TableName,
      Key: { pk, sk },
      UpdateExpression: 'SET dueAt = if_not_exists(dueAt, :due), beats = :beats',
      ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(beats)',
      ExpressionAttributeValues: {
        ':due': due,
        ':beats': Array.from({ length: BEATS_KEPT }, () => ({ at: lastSeenAt, due })),
      },
    });
    // One that has spoken meanwhile has them.
    if (dryRun || (await unlessRefused(() => client.send(update)))) examples.push(`${pk} ${sk}`);
  }
  const next = LastEvaluatedKey === undefined ? {} : { next: JSON.stringify(LastEvaluatedKey) };
  return { changed: examples.length, examples, ...next };
}
