import { S3Client } from '@aws-sdk/client-s3';
import { readEnv } from '../../runtime/env';
import { once } from '../../runtime/once';
import { PATIENCE } from './patience';

/** Buckets as host names resolve on AWS only. */
export const s3 = once(
  () =>
    new S3Client({
      ...PATIENCE,
      forcePathStyle: readEnv('AWS_ENDPOINT_URL').AWS_ENDPOINT_URL !== undefined,
    }),
);
