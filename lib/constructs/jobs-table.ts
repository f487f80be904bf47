import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema';

/** Name of the index that lists of jobs read. */
export const GSI1 = 'GSI1';

export interface JobsTableProps {
  /** It outlives the stack and refuses deletion: the journal is the truth. */
  readonly retained: boolean;
  readonly tableKey: EnvironmentConfig['tableKey'];
}

/** The single table: journals, heads and lists. Its stream feeds the outbox relay that performs unconfirmed effects. */
export class JobsTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { retained, tableKey }: JobsTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...encryptionWith(this, tableKey),
      // The outbox relay reads which events were appended, and no more of them.
      stream: StreamViewType.KEYS_ONLY,
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: retained,
      // Not `removal`: what is protected from deletion would break the rollback that deletes it. Its name is not fixed,
      // so one that a failed deployment leaves behind, empty, is in nobody's way.
      removalPolicy: retained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: GSI1,
      partitionKey: { name: 'gsi1pk', type: AttributeType.STRING },
      sortKey: { name: 'gsi1sk', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
  }
}

type Encryption = Pick<TableProps, 'encryption' | 'encryptionKey'>;

function encryptionWith(scope: Construct, key: EnvironmentConfig['tableKey']): Encryption {
  if (key === 'aws-owned') return { encryption: TableEncryption.DEFAULT };
  if (key === 'aws-managed') return { encryption: TableEncryption.AWS_MANAGED };
  const encryptionKey: IKey = Key.fromKeyArn(scope, 'Key', key.kmsKeyArn);
  return { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey };
}
