import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcards } from './acknowledge';
import { ALARM_PERIOD } from './alarm-topic';
import type { AnchorStore } from './anchor-store';
import { EngineFunction, type FunctionSetting } from './engine-function';
import type { EngineParts } from './function-variables';
import { grantTable } from './permissions';

/** Appends of one batch, at most. */
const BATCH = 1_000;

/** Reads every stream that has grown, some at a time, and signs once. */
const TIMEOUT_SECONDS = 120;

export interface AnchorerProps {
  readonly parts: EngineParts;
  readonly setting: FunctionSetting;
  readonly store: AnchorStore;
}

/** Anchors where journals end, as they grow. It reads the table and writes to the bucket of anchors, and nothing else does. */
export class Anchorer extends EngineFunction {
  constructor(scope: Construct, id: string, { parts, setting, store }: AnchorerProps) {
    super(scope, id, {
      ...{ ...setting, name: 'anchorer', timeoutSeconds: TIMEOUT_SECONDS },
      variables: {
        ...setting.variables,
        ANCHOR_BUCKET: store.bucket.bucketName,
        ANCHOR_KEY_ARN: store.key.keyArn,
      },
    });
    const fn = this.function;
    this.live.addEventSource(
      new DynamoEventSource(parts.table as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: BATCH,
        filters: [
          FilterCriteria.filter({
            eventName: FilterRule.isEqual('INSERT'),
            dynamodb: { Keys: { sk: { S: FilterRule.beginsWith('EVT#') } } },
          }),
        ],
        maxBatchingWindow: Duration.seconds(setting.environment.audit.anchorWindowSeconds),
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        retryAttempts: -1,
      }),
    );
    setting.alarms.raise(this, 'IteratorAge', {
      metric: fn.metric('IteratorAge', { period: ALARM_PERIOD, statistic: 'Maximum' }),
      above: Duration.minutes(30).toMilliseconds(),
      periods: 3,
      description: 'Journals have grown for half an hour, and no anchor has it.',
      runbook: 'anchorsBehind',
    });
    grantTable(fn, parts, 'read');
    const { bucket, key } = store;
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:GetObject', 's3:PutObject'],
        resources: [bucket.arnForObjects('*')],
      }),
    );
    // Without it a missing object is answered with 403, which looks like a fault and not like an absence.
    fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['kms:Sign', 'kms:GetPublicKey'], resources: [key.keyArn] }),
    );
    acknowledgeWildcards(
      fn,
      [`${bucket.stack.exportValue(bucket.bucketArn)}/*`],
      'Anchors are named by their numbers, unknown before: their bucket holds nothing else.',
    );
    acknowledge(fn, ['IAM5[Resource::*]'], 'dynamodb:ListStreams and X-Ray have no resources to name.');
  }
}
