import { Duration } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  ObjectLockRetention,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema';
import { acknowledge } from './acknowledge';
import { removal } from './removal';

/**
 * Where anchors are kept and what signs them: a bucket in which nothing is overwritten or deleted while its lock lasts, and a
 * key whose secret half nobody has. What writes journals may use neither.
 */
export class AnchorStore extends Construct {
  readonly bucket: Bucket;
  readonly key: Key;

  constructor(scope: Construct, id: string, { audit, dataRetained }: EnvironmentConfig) {
    super(scope, id);
    const shared: BucketProps = {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      removalPolicy: removal(dataRetained),
    };
    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...shared,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
    acknowledge(accessLogs, ['S1'], 'It holds the access logs; logging its own writes would never end.');
    const { anchorDays, anchorLock } = audit;
    this.bucket = new Bucket(this, 'Bucket', {
      ...shared,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: ObjectLockRetention[anchorLock](Duration.days(anchorDays)),
      serverAccessLogsBucket: accessLogs as IBucket,
      serverAccessLogsPrefix: 'anchors/',
    });
    this.key = new Key(this, 'Key', {
      description: 'Reprise: signs where journals end',
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: removal(dataRetained),
    });
  }
}
