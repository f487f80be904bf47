import { createHash } from 'node:crypto';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Quotas } from '../../../core/ports/quotas';
import { unlessRefused } from '../aws-errors';
import { quotaKey } from './keys';

/** Of an id as much of its hash as tells thousands apart: a count is written whole each time. */
const ID_DIGITS = 16;

/** Counts in the table, which forgets them by itself. A count of ids is a set: the same one is in it once. */
export function createQuotas(client: DynamoDBDocumentClient, TableName: string): Quotas {
  return {
    take: ({ owner, what, limit, id, until }) => {
      const common = { TableName, Key: { pk: quotaKey(owner), sk: what } };
      const ttl = Math.ceil(until / 1_000);
      const ExpressionAttributeNames = { '#ttl': 'ttl' };
      const command =
        id === undefined
          ? new UpdateCommand({
              ...{ ...common, ExpressionAttributeNames },
              UpdateExpression: 'SET #ttl = :ttl ADD calls :one',
              ConditionExpression: 'attribute_not_exists(calls) OR calls < :limit',
              ExpressionAttributeValues: { ':ttl': ttl, ':one': 1, ':limit': limit },
            })
          : new UpdateCommand({
              ...{ ...common, ExpressionAttributeNames },
              UpdateExpression: 'SET #ttl = :ttl ADD ids :ids',
              ConditionExpression: 'attribute_not_exists(ids) OR contains(ids, :id) OR size(ids) < :limit',
              ExpressionAttributeValues: {
                ...{ ':ttl': ttl, ':ids': new Set([short(id)]) },
                ...{ ':id': short(id), ':limit': limit },
              },
            });
      return unlessRefused(() => client.send(command));
    },
  };
}

function short(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, ID_DIGITS);
}
