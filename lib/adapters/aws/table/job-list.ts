import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { RepriseError } from '../../../core/errors';
import { jobAt, streamOf } from '../../../core/messages/address';
import { present } from '../../../core/model/present';
import type { JobList, ListedJob } from '../../../core/ports/registries';
import { upstream } from '../aws-errors';
import { INDEX_NAME, LIST, LIST_BY_STATUS, ownerKey, ownerStatusKey } from './keys';
import { cursorOf, placeOf } from './list-place';

export function createDynamoJobList(client: DynamoDBDocumentClient, tableName: string): JobList {
  return {
    async list({ owner, status, limit, cursor, oldestFirst = false }) {
      const gsi1pk = status === undefined ? ownerKey(owner) : ownerStatusKey(owner, status);
      const sk = status === undefined ? LIST : LIST_BY_STATUS;
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
      const jobs = shown.map(listed);
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

function startKey(cursor: string, gsi1pk: string, sk: string): Record<string, string> {
  const { gsi1sk, id } = placeOf(cursor);
  return { gsi1pk, gsi1sk, pk: streamOf(jobAt(id)), sk };
}

function listed(item: Record<string, unknown>): ListedJob {
  const { jobId, owner, name, status, priority, submittedAt, jobType } = item as unknown as ListedJob;
  return { jobId, owner, name, status, priority, submittedAt, ...present({ jobType }) };
}
