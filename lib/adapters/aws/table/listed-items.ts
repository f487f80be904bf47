import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { upstream } from '../aws-errors';
import { INDEX_NAME } from './keys';

type Items = Record<string, unknown>[];

/**
 * The items of one list of the index, in its order, page by page.
 * @param Limit items of a page; as many as an answer holds where it is not given.
 * @param after the item behind which they begin, by its keys.
 */
export async function* listedPages(
  client: DynamoDBDocumentClient,
  TableName: string,
  { list, Limit, after }: { readonly list: string; readonly Limit?: number; readonly after?: Items[number] },
): AsyncIterable<Items> {
  let start = after;
  do {
    const command: QueryCommand = new QueryCommand({
      ...{ TableName, IndexName: INDEX_NAME, Limit },
      KeyConditionExpression: 'gsi1pk = :list',
      ExpressionAttributeValues: { ':list': list },
      ExclusiveStartKey: start,
    });
    const { Items, LastEvaluatedKey } = await upstream('DynamoDB read', () => client.send(command));
    yield Items ?? [];
    start = LastEvaluatedKey;
  } while (start);
}

/** All of them: of lists that are short. */
export async function listedItems(
  client: DynamoDBDocumentClient,
  tableName: string,
  list: string,
): Promise<Items> {
  const items: Items = [];
  for await (const page of listedPages(client, tableName, { list })) items.push(...page);
  return items;
}
