import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { stacksOf } from '../../../core/doctor/stacks';
import { SYSTEM } from '../../system';
import type { TableStore } from '../table/store';
import { outputOf } from './stacks';

/** The table of a deployed environment, with the credentials of the process. @throws RepriseError as `outputOf` */
export async function openTable(environment: string, region?: string): Promise<TableStore> {
  const settings = region === undefined ? {} : { region };
  const stacks = new CloudFormationClient(settings);
  const tableName = await outputOf(stacks, stacksOf(environment).data, 'TableName');
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(settings), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return { client, tableName, clock: SYSTEM.clock };
}
