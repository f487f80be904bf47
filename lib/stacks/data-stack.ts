import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema';
import { AnchorStore } from '../constructs/anchor-store';
import { ArtifactBucket } from '../constructs/artifact-bucket';
import { EngineSecret } from '../constructs/engine-secret';
import { JobsTable } from '../constructs/jobs-table';
import { SignInPool } from '../constructs/sign-in-pool';

export interface DataStackProps extends StackProps {
  readonly environment: EnvironmentConfig;
}

/** What must survive everything else: the journal, the artifacts and the key of the tokens, and who may come in. */
export class DataStack extends Stack {
  readonly table: Table;
  readonly bucket: Bucket;
  readonly secret: Secret;
  /** Absent where nothing is anchored. */
  readonly anchors: AnchorStore | undefined;
  /** Where no issuer is given. */
  readonly pool: SignInPool | undefined;

  constructor(scope: Construct, id: string, { environment, ...props }: DataStackProps) {
    super(scope, id, props);
    const retained = environment.dataRetained;
    this.table = new JobsTable(this, 'Jobs', { retained, tableKey: environment.tableKey }).table;
    this.bucket = new ArtifactBucket(this, 'Artifacts', {
      retained,
      archiveDays: environment.letters.archiveDays,
    }).bucket;
    this.secret = new EngineSecret(this, 'EngineSecret', { retained }).secret;
    this.anchors = environment.audit.anchored ? new AnchorStore(this, 'Anchors', environment) : undefined;
    if (this.anchors) {
      new CfnOutput(this, 'AnchorBucketName', { value: this.anchors.bucket.bucketName });
      new CfnOutput(this, 'AnchorKeyArn', { value: this.anchors.key.keyArn });
    }
    this.pool = environment.auth.userPool ? new SignInPool(this, 'SignIn', environment) : undefined;
    new CfnOutput(this, 'TableName', { value: this.table.tableName });
    new CfnOutput(this, 'BucketName', { value: this.bucket.bucketName });
    new CfnOutput(this, 'SecretArn', { value: this.secret.secretArn });
  }
}
