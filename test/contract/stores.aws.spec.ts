import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { createS3GraphStore } from '../../lib/adapters/aws/bucket/graph-store';
import { createJsonObjects } from '../../lib/adapters/aws/bucket/json-objects';
import { createS3SnapshotStore } from '../../lib/adapters/aws/bucket/snapshot-store';
import { createDynamoJournalStore } from '../../lib/adapters/aws/table/journal-store';
import { createTableMarker, tableMigrations } from '../../lib/adapters/aws/table/store';
import { createWorkerRegistry } from '../../lib/adapters/aws/table/worker-registry';
import { SYSTEM } from '../../lib/adapters/system';
import { migrate, previewMigration } from '../../lib/core/migration/migrate';
import { createBucket, createTable, startTestCloud, type TestCloud } from '../support/ministack';
import { describeGraphStore } from './graph-store.contract';
import { describeJournalStore } from './journal-store.contract';
import { describeOutboxJournal } from './outbox-journal.contract';
import { describeSnapshotStore } from './snapshot-store.contract';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

const log = { info: () => {}, warn: () => {}, error: () => {} };

async function newObjects() {
  const { client, bucket } = await createBucket(cloud);
  return createJsonObjects(client, bucket);
}

describeJournalStore('DynamoDB', async () => {
  const { client, tableName } = await createTable(cloud);
  const open = () => createDynamoJournalStore(client, tableName, SYSTEM);
  return { store: open(), reopen: async () => open() };
});

describeOutboxJournal('DynamoDB', async () => {
  const { client, tableName } = await createTable(cloud);
  return createDynamoJournalStore(client, tableName, SYSTEM);
});

describeGraphStore('S3', async () => {
  const objects = await newObjects();
  return { store: createS3GraphStore(objects), reopen: async () => createS3GraphStore(objects) };
});

describeSnapshotStore('S3', async () => createS3SnapshotStore(await newObjects(), log));

describe('the migration of a table', () => {
  const seen = { lastSeenAt: 1_000, running: 0, slots: 4, labels: [] };

  /** A table as versions left it that had no record of its layout, and kept no heartbeats. */
  async function oldTable() {
    const { client, tableName } = await createTable(cloud);
    const put = (Item: Record<string, unknown>) =>
      client.send(new PutCommand({ TableName: tableName, Item }));
    await put({ pk: 'WORKERS#default', sk: 'called', workerId: 'called', ...seen });
    await put({ pk: 'WORKERS#default', sk: 'pulls', workerId: 'pulls', connectionId: 'c', ...seen });
    await put({ pk: 'job/1', sk: 'CONFIRMED', seq: 3 });
    let now = 10_000;
    const sleep = (ms: number) => {
      now += ms;
    };
    const store = { client, tableName, clock: () => now };
    const depsOf = (owner: string) => ({
      ...{ marker: createTableMarker(store, owner), migrations: tableMigrations(store), clock: store.clock },
    });
    return { client, tableName, depsOf, sleep };
  }

  it('gives old workers their heartbeats, records the layout, and does nothing a second time', async () => {
    const { client, tableName, depsOf } = await oldTable();
    const preview = await previewMigration('it', depsOf('a'));
    expect(preview).toMatchObject({ from: 0, to: 2, migrations: [{}, { changed: 2 }] });
    expect(await migrate('it', depsOf('a'))).toMatchObject({
      from: 0,
      to: 2,
      migrations: [{}, { changed: 2 }],
    });
    const workers = await createWorkerRegistry(client, tableName).list('default');
    expect(workers.map(({ dueAt, beats }) => [dueAt, beats?.length, beats?.[0]])).toEqual([
      [11_000, 10, { at: 1_000, due: 11_000 }],
      [41_000, 10, { at: 1_000, due: 41_000 }],
    ]);
    expect(await migrate('it', depsOf('b'))).toMatchObject({ from: 2, to: 2, migrations: [] });
  });

  it('is of one run at a time; one that died is followed after its lease, and cannot come back', async () => {
    const { depsOf, sleep } = await oldTable();
    const dead = depsOf('dead').marker;
    await dead.lock();
    await expect(migrate('it', depsOf('b'))).rejects.toMatchObject({ code: 'JOB_LOCKED' });
    sleep(300_001);
    expect(await migrate('it', { ...depsOf('b') })).toMatchObject({ to: 2 });
    await expect(dead.write({ version: 1, applied: [] })).rejects.toMatchObject({ code: 'JOB_LOCKED' });
    expect((await dead.read()).version).toBe(2);
  });
});
