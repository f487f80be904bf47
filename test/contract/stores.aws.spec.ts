import { createS3GraphStore } from '../../lib/adapters/aws/bucket/graph-store';
import { createJsonObjects } from '../../lib/adapters/aws/bucket/json-objects';
import { createS3SnapshotStore } from '../../lib/adapters/aws/bucket/snapshot-store';
import { createDynamoJournalStore } from '../../lib/adapters/aws/table/journal-store';
import { SYSTEM } from '../../lib/adapters/system';
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
