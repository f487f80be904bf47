import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { RepriseError } from '../../../core/errors';
import { jobAt, streamOf } from '../../../core/messages/address';
import { present } from '../../../core/model/present';
import type { JobList, ListedJob, ListQuery } from '../../../core/ports/registries';
import { upstream } from '../aws-errors';
import { INDEX_NAME, LIST, LIST_BY_STATUS, ownerKey, ownerStatusKey, sharedKey, sharedList } from './keys';
import { cursorOf, placeOf } from './list-place';

export function createDynamoJobList(client: DynamoDBDocumentClient, tableName: string): JobList {
  const store = { client, tableName };
  return {
    async list(query) {
      const { limit, cursor, oldestFirst = false } = query;
      const { gsi1pk, sk } = listOf(query);
      const command = new QueryCommand({
        TableName: tableName,
        IndexName: INDEX_NAME,
        KeyConditionExpression: 'gsi1pk = :list',
        ExpressionAttributeValues: { ':list': gsi1pk },
        ScanIndexForward: oldestFirst,
        // One more tells whether anything follows.
        Limit: limit + 1,
        ...(cursor === undefined ? {} : { ExclusiveStartKey: startKey(cursor, gsi1pk, sk) }),
      });
      const { Items, LastEvaluatedKey } = await upstream('DynamoDB read', () => client.send(command));
      const shown = (Items ?? []).slice(0, limit);
      const jobs = query.shared ? await sharedJobs(store, shown, query) : shown.map(listed);
      const last = shown.at(-1)?.['gsi1sk'] as string | undefined;
      const isLast = (Items ?? []).length <= limit && LastEvaluatedKey === undefined;
      return isLast || last === undefined ? { jobs } : { jobs, cursor: cursorOf(last) };
    },
    async count({ owner, status, atMost }) {
      let counted = 0;
      let start: Record<string, unknown> | undefined;
      do {
        const command: QueryCommand = new QueryCommand({
          TableName: tableName,
          IndexName: INDEX_NAME,
          KeyConditionExpression: 'gsi1pk = :list',
          ExpressionAttributeValues: { ':list': ownerStatusKey(owner, status) },
          Select: 'COUNT',
          Limit: atMost - counted,
          ExclusiveStartKey: start,
        });
        const { Count = 0, LastEvaluatedKey } = await upstream('DynamoDB read', () => client.send(command));
        counted += Count;
        start = LastEvaluatedKey;
      } while (start && counted < atMost);
      return counted;
    },
    async get(jobId) {
      const Key = { pk: streamOf(jobAt(jobId)), sk: LIST };
      const command = new GetCommand({ TableName: tableName, Key, ConsistentRead: true });
      const { Item } = await upstream('DynamoDB read', () => client.send(command));
      if (!Item) throw new RepriseError('JOB_NOT_FOUND', `no job ${jobId}`, { context: { jobId } });
      return listed(Item);
    },
  };
}

/** The list that is asked for, and the item of a job that stands in it. */
function listOf({ owner, shared, status }: ListQuery): { gsi1pk: string; sk: string } {
  if (shared) return { gsi1pk: sharedKey(owner), sk: sharedList(owner) };
  if (status === undefined) return { gsi1pk: ownerKey(owner), sk: LIST };
  return { gsi1pk: ownerStatusKey(owner, status), sk: LIST_BY_STATUS };
}

interface Store {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}

/** The jobs that entries of a list of shares lead to, as they are now: where a share was taken back, its entry is still there. */
async function sharedJobs(
  { client, tableName }: Store,
  entries: readonly Record<string, unknown>[],
  { owner, status }: ListQuery,
): Promise<ListedJob[]> {
  const order = entries.map(({ jobId }) => String(jobId));
  const found = new Map<string, ListedJob>();
  let Keys = entries.map(({ pk }) => ({ pk, sk: LIST }));
  while (Keys.length > 0) {
    const command = new BatchGetCommand({ RequestItems: { [tableName]: { Keys, ConsistentRead: true } } });
    const { Responses, UnprocessedKeys } = await upstream('DynamoDB read', () => client.send(command));
    for (const item of Responses?.[tableName] ?? []) found.set(String(item['jobId']), listed(item));
    Keys = (UnprocessedKeys?.[tableName]?.Keys ?? []) as typeof Keys;
  }
  return order.flatMap((jobId) => {
    const job = found.get(jobId);
    const isWanted = job?.sharedWith?.includes(owner) && (status === undefined || job.status === status);
    return job && isWanted ? [job] : [];
  });
}

function startKey(cursor: string, gsi1pk: string, sk: string): Record<string, string> {
  const { gsi1sk, id } = placeOf(cursor);
  return { gsi1pk, gsi1sk, pk: streamOf(jobAt(id)), sk };
}

function listed(item: Record<string, unknown>): ListedJob {
  const { jobId, owner, name, status, priority, submittedAt, jobType, sharedWith } =
    item as unknown as ListedJob;
  return { jobId, owner, name, status, priority, submittedAt, ...present({ jobType, sharedWith }) };
}
