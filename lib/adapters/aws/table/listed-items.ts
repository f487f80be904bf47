import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { upstream } from '../aws-errors';
import { INDEX_NAME } from './keys';

/** All items of one list of the index, in its order: of lists that are short. */
export async function listedItems(
  client: DynamoDBDocumentClient,
  tableName: string,
  list: string,
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const command: QueryCommand = new QueryCommand({
      TableName: tableName,
      IndexName: INDEX_NAME,
      KeyConditionExpression: 'gsi1pk = :list',
      ExpressionAttributeValues: { ':list': list },
      ExclusiveStartKey: start,
    });
    const { Items, LastEvaluatedKey } = await upstream('DynamoDB read', () => client.send(command));
    items.push(...(Items ?? []));
    start = LastEvaluatedKey;
  } while (start);
  return items;
}
