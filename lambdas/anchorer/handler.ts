import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { createS3Anchors } from '../../lib/adapters/aws/bucket/anchors';
import { createKmsSigner } from '../../lib/adapters/aws/kms-signer';
import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { count } from '../runtime/telemetry';
import { kms } from '../shared/clients/kms';
import { s3 } from '../shared/clients/s3';
import { journal } from '../shared/tables';
import { anchorGrown } from './anchor';

const { ANCHOR_BUCKET, ANCHOR_KEY_ARN } = readEnv('ANCHOR_BUCKET', 'ANCHOR_KEY_ARN');
const deps = {
  journal: journal(),
  anchors: createS3Anchors(s3(), ANCHOR_BUCKET, createKmsSigner(kms(), ANCHOR_KEY_ARN)),
  clock: Date.now,
};

export const handler = instrumented(
  async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    count('StreamsAnchored', await anchorGrown(deps, Records));
    return { batchItemFailures: [] };
  },
);
