import { createGraphOwners } from '../../lib/adapters/aws/table/graph-owners';
import { createGraphRecords } from '../../lib/adapters/aws/table/graph-records';
import { createDynamoJobList } from '../../lib/adapters/aws/table/job-list';
import { createDynamoJournalStore } from '../../lib/adapters/aws/table/journal-store';
import { createPoolQueues } from '../../lib/adapters/aws/table/pool-queues';
import { createQuotas } from '../../lib/adapters/aws/table/quotas';
import { createTriggerList } from '../../lib/adapters/aws/table/trigger-list';
import { createWorkerAnswers } from '../../lib/adapters/aws/table/worker-answers';
import { createWorkerRegistry } from '../../lib/adapters/aws/table/worker-registry';
import { createWorkflowChoices } from '../../lib/adapters/aws/table/workflow-choices';
import { SYSTEM } from '../../lib/adapters/system';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { dynamo } from './clients/dynamo';

/** What the table keeps, wired from the environment. */
export const tableName = once(() => readEnv('TABLE_NAME').TABLE_NAME);
export const journal = once(() => createDynamoJournalStore(dynamo(), tableName(), SYSTEM));
export const jobList = once(() => createDynamoJobList(dynamo(), tableName()));
export const poolQueues = once(() => createPoolQueues(dynamo(), tableName()));
export const triggerList = once(() => createTriggerList(dynamo(), tableName()));
export const quotas = once(() => createQuotas(dynamo(), tableName()));
export const workerAnswers = once(() => createWorkerAnswers(dynamo(), tableName()));
export const workers = once(() => createWorkerRegistry(dynamo(), tableName()));
export const graphOwners = once(() => createGraphOwners(dynamo(), tableName()));
export const graphRecords = once(() => createGraphRecords(dynamo(), tableName()));
export const workflowChoices = once(() => createWorkflowChoices(dynamo(), tableName()));
