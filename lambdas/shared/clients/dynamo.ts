import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { once } from '../../runtime/once';
import { PATIENCE } from './patience';

/**
 * Clients of AWS, one of each per process and a file for each, so that a function's bundle holds only those it uses.
 * Region, credentials and endpoint come from the environment.
 */
export const dynamo = once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient(PATIENCE), {
    marshallOptions: { removeUndefinedValues: true },
  }),
);
