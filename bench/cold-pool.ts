import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { poolDecider } from '../lib/core/scheduler/decider';
import type { PoolInput } from '../lib/core/scheduler/input';
import { freezePool, thawPool } from '../lib/core/scheduler/snapshot';
import type { PoolState } from '../lib/core/scheduler/state';

/** Times in milliseconds. */
export interface ColdPool {
  readonly gzippedKb: number;
  readonly readMs: number;
  readonly batchMs: number;
  readonly writtenMs: number;
  /** Of the whole process. */
  readonly peakMib: number;
}

const BATCH = 10;

function step(state: PoolState, input: PoolInput): void {
  for (const event of poolDecider.decide(state, input)) poolDecider.evolve(state, event, input.at);
}

function measured<T>(work: () => T): [T, number] {
  const begun = performance.now();
  const result = work();
  return [result, performance.now() - begun];
}

const region = { region: 'us-east-1' };
const clients = [DynamoDBClient, EventBridgeClient, S3Client, SFNClient, SQSClient].map(
  (Client) => new Client(region),
);
const file = readFileSync(process.argv[2] as string);
const [pool, readMs] = measured(() => thawPool(JSON.parse(gunzipSync(file).toString('utf8')).state));
const ended = [...pool.leases.values()].slice(0, BATCH).map(({ work }) => work);
const [, batchMs] = measured(() => {
  for (const { jobId, nodeId, attempt } of ended)
    step(pool, { type: 'workReleased', jobId, nodeId, attempt, at: 2 });
  step(pool, { type: 'assign', at: 2 });
});
const [, writtenMs] = measured(() => gzipSync(JSON.stringify({ state: freezePool(pool) })));
const peakMib = process.resourceUsage().maxRSS / 1_024;
if (clients.length > 0) {
  const figures: ColdPool = { gzippedKb: file.length / 1_024, readMs, batchMs, writtenMs, peakMib };
  process.stdout.write(JSON.stringify(figures));
}
