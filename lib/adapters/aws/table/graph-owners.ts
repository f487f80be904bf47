import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { GraphOwners } from '../../../core/ports/machines';
import { upstream } from '../aws-errors';
import { graphKey, ownerKey } from './keys';

export function createGraphOwners(client: DynamoDBDocumentClient, TableName: string): GraphOwners {
  const keyOf = (hash: string, owner: string) => ({ pk: graphKey(hash), sk: ownerKey(owner) });
  return {
    async claim(hash, owner, at) {
      const Item = { ...keyOf(hash, owner), owner, claimedAt: at };
      await upstream('DynamoDB write', () => client.send(new PutCommand({ TableName, Item })));
    },
    async owns(hash, owner) {
      const command = new GetCommand({ TableName, Key: keyOf(hash, owner), ConsistentRead: true });
      return (await upstream('DynamoDB read', () => client.send(command))).Item !== undefined;
    },
  };
}
