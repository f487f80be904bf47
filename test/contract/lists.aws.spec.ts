import { createDependencyList } from '../../lib/adapters/aws/table/dependency-list';
import { createDynamoJobList } from '../../lib/adapters/aws/table/job-list';
import { createDynamoJournalStore } from '../../lib/adapters/aws/table/journal-store';
import { createTriggerList } from '../../lib/adapters/aws/table/trigger-list';
import { SYSTEM } from '../../lib/adapters/system';
import { createTable, startTestCloud, type TestCloud } from '../support/ministack';
import { describeDependencyList } from './dependency-list.contract';
import { describeJobList } from './job-list.contract';
import { describeTriggerList } from './trigger-list.contract';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

async function lists() {
  const { client, tableName } = await createTable(cloud);
  return {
    jobs: createDynamoJobList(client, tableName),
    triggers: createTriggerList(client, tableName),
    dependencies: createDependencyList(client, tableName),
    journal: createDynamoJournalStore(client, tableName, SYSTEM),
  };
}

describeJobList('DynamoDB', lists);

describeTriggerList('DynamoDB', lists);

describeDependencyList('DynamoDB', lists);
