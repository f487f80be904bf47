import { createDynamoHistory } from '../../lib/adapters/aws/table/history';
import { SYSTEM } from '../../lib/adapters/system';
import { createTable, startTestCloud, type TestCloud } from '../support/ministack';
import { historyContract } from './history.contract';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

historyContract('DynamoDB', async () => {
  const { client, tableName } = await createTable(cloud);
  return createDynamoHistory(client, tableName, SYSTEM);
});
