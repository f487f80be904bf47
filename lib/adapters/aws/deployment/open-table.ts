import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { stacksOf } from '../../../core/doctor/stacks';
import { SYSTEM } from '../../system';
import { keptSnapshots } from '../bucket/kept-snapshots';
import type { TableStore } from '../table/store';
import { outputOf } from './stacks';

/** The snapshots of a deployed environment, each with what wrote it. @throws RepriseError as `outputOf` */
export async function openSnapshots(
  environment: string,
  region?: string,
): Promise<ReturnType<typeof keptSnapshots>> {
  const settings = region === undefined ? {} : { region };
  const stacks = new CloudFormationClient(settings);
  const bucket = await outputOf(stacks, stacksOf(environment).data, 'BucketName');
  const forcePathStyle = process.env['AWS_ENDPOINT_URL'] !== undefined;
  return keptSnapshots(new S3Client({ ...settings, forcePathStyle }), bucket);
}

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
