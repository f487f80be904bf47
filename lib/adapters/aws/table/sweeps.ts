import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Sweeps } from '../../../core/ports/registries';
import { STEADY_SWEEPS_MS } from '../../../core/recovery/silence';
import { isNamed, upstream } from '../aws-errors';
import { SWEEPS_KEY } from './keys';

/** Sweeps as an item of the table. Two of them at once see the same beginning, or begin together. */
export function createSweeps(client: DynamoDBDocumentClient, TableName: string): Sweeps {
  return {
    async record(at) {
      const goOn = new UpdateCommand({
        TableName,
        Key: SWEEPS_KEY,
        UpdateExpression: 'SET lastAt = :at',
        ConditionExpression: 'lastAt >= :steady',
        ExpressionAttributeValues: { ':at': at, ':steady': at - STEADY_SWEEPS_MS },
        ReturnValues: 'ALL_NEW',
      });
      try {
        const { Attributes } = await upstream('DynamoDB write', () => client.send(goOn));
        return Number(Attributes?.['steadySince']);
      } catch (error) {
        if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
      }
      const begin = new PutCommand({ TableName, Item: { ...SWEEPS_KEY, lastAt: at, steadySince: at } });
      await upstream('DynamoDB write', () => client.send(begin));
      return at;
    },
  };
}
