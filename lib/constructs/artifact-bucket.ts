import { Duration } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { LETTER_ARCHIVE } from '../core/dlq/archive-key';
import { acknowledge } from './acknowledge';
import { removal } from './removal';

export interface ArtifactBucketProps {
  readonly retained: boolean;
  /** Days that what was taken out of DLQs is kept. */
  readonly archiveDays: number;
}

/** Graphs by hash, snapshots that outgrow an item, and what SQS would have forgotten. */
export class ArtifactBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { retained, archiveDays }: ArtifactBucketProps) {
    super(scope, id);
    const shared: BucketProps = {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      removalPolicy: removal(retained),
    };
    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...shared,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
    acknowledge(accessLogs, ['S1'], 'It holds the access logs; logging its own writes would never end.');
    this.bucket = new Bucket(this, 'Bucket', {
      ...shared,
      versioned: true,
      // The classes of the CDK do not match its own interfaces under exactOptionalPropertyTypes.
      serverAccessLogsBucket: accessLogs as IBucket,
      serverAccessLogsPrefix: 'artifacts/',
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
        // A snapshot is a cache of the journal: an older version of it serves nobody, and an old one is folded anew.
        {
          prefix: 'snapshots/',
          expiration: Duration.days(90),
          noncurrentVersionExpiration: Duration.days(1),
        },
        { prefix: LETTER_ARCHIVE, expiration: Duration.days(archiveDays) },
        { noncurrentVersionExpiration: Duration.days(30) },
      ],
    });
  }
}
