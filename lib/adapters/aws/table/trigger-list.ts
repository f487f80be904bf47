import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ListedTrigger, TriggerList } from '../../../core/ports/registries';
import type { TriggerListing } from '../../../core/projections/listing';
import { upstream } from '../aws-errors';
import { INDEX_NAME, LIST, triggersKey } from './keys';
import { openItem } from './open-streams';

/** The entry of a trigger in the list of its owner; one that was deleted is in none. And that its stream is open. */
export function triggerItems(stream: string, index: TriggerListing): Record<string, unknown>[] {
  const { owner, name, status, source } = index;
  const listed = status === 'deleted' ? {} : { gsi1pk: triggersKey(owner), gsi1sk: name };
  const entry = { pk: stream, sk: LIST, owner, name, status, source, ...listed };
  return status === 'deleted' ? [entry] : [entry, openItem(stream)];
}

export function createTriggerList(client: DynamoDBDocumentClient, tableName: string): TriggerList {
  return {
    async list(owner) {
      const triggers: ListedTrigger[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const command: QueryCommand = new QueryCommand({
          TableName: tableName,
          IndexName: INDEX_NAME,
          KeyConditionExpression: 'gsi1pk = :list',
          ExpressionAttributeValues: { ':list': triggersKey(owner) },
          ExclusiveStartKey: start,
        });
        const { Items, LastEvaluatedKey } = await upstream('DynamoDB read', () => client.send(command));
        for (const item of Items ?? []) {
          const { name, status, source } = item as ListedTrigger;
          triggers.push({ name, status, source });
        }
        start = LastEvaluatedKey;
      } while (start);
      return triggers;
    },
  };
}
