import { createTableAnswers } from '../../lib/adapters/aws/table/answers';
import { createGraphOwners } from '../../lib/adapters/aws/table/graph-owners';
import { createDynamoJobList } from '../../lib/adapters/aws/table/job-list';
import { createDynamoJournalStore } from '../../lib/adapters/aws/table/journal-store';
import { createQuotas } from '../../lib/adapters/aws/table/quotas';
import { SYSTEM } from '../../lib/adapters/system';
import { EMPTY_HEAD, record } from '../../lib/core/journal/envelope';
import { createTable, startTestCloud, type TestCloud } from '../support/ministack';
import { answersContract } from './answers.contract';
import { quotasContract } from './quotas.contract';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

quotasContract('DynamoDB', async () => {
  const { client, tableName } = await createTable(cloud);
  return createQuotas(client, tableName);
});

answersContract('DynamoDB', async () => {
  const { client, tableName } = await createTable(cloud);
  return createTableAnswers(client, tableName);
});

describe('the owners of graphs', () => {
  it('are all who brought it, and nobody else', async () => {
    const { client, tableName } = await createTable(cloud);
    const owners = createGraphOwners(client, tableName);
    await owners.claim('h', 'ana', 1);
    await owners.claim('h', 'bob', 2);
    const owns = (owner: string, hash = 'h') => owners.owns(hash, owner);
    expect([await owns('ana'), await owns('bob'), await owns('zoe'), await owns('ana', 'g')]).toEqual([
      ...[true, true, false, false],
    ]);
  });
});

describe('the jobs of an owner that wait', () => {
  it('are counted by owner and status, and no further than is asked', async () => {
    const { client, tableName } = await createTable(cloud);
    const journal = createDynamoJournalStore(client, tableName, SYSTEM);
    const jobs = createDynamoJobList(client, tableName);
    const actor = { kind: 'user', id: 'ana' } as const;
    for (const [id, owner] of [
      ['j1', 'ana'],
      ['j2', 'ana'],
      ['j3', 'ana'],
      ['j4', 'bob'],
    ] as const) {
      const cause = { at: 5, actor, causeId: 'c', correlationId: `job/${id}`, traceId: 't' };
      const events = record(`job/${id}`, EMPTY_HEAD, [{ type: 'job.submitted', data: {} }], cause);
      const listing = {
        kind: 'job',
        owner,
        name: 'g',
        status: 'submitted',
        priority: 'normal',
        submittedAt: 5,
      } as const;
      await journal.append(`job/${id}`, EMPTY_HEAD, events, listing);
    }
    const count = (owner: string, atMost = 10, status = 'submitted') => jobs.count({ owner, status, atMost });
    expect([
      await count('ana'),
      await count('ana', 2),
      await count('bob'),
      await count('ana', 10, 'running'),
    ]).toEqual([...[3, 2, 1, 0]]);
  });
});
