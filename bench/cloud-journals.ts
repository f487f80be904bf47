import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoJournalStore } from '../lib/adapters/aws/table/journal-store';
import { SYSTEM } from '../lib/adapters/system';
import type { Recorded } from '../lib/core/journal/envelope';
import { jobAt, poolAt, streamOf } from '../lib/core/messages/address';
import type { WorkItem } from '../lib/core/messages/pool';
import type { AttemptRef } from '../lib/core/model/attempt';
import { attemptKey } from '../lib/core/model/attempt';
import type { PoolEvent } from '../lib/core/scheduler/events';
import type { LocalEnvironment } from '../test/integration/support/local-environment';
import type { AttemptTimes } from './load-waits';

/** What the journals of the local cloud say, milliseconds of the engine's clock. */
export interface CloudJournals {
  /** Assigned when the lease was granted, ended when the pool had its slots back. */
  readonly leases: readonly CloudLease[];
  /** From the first submission to the end of the last job. */
  readonly makespanMs: number;
  /** Jobs that are over. */
  readonly over: number;
}

export interface CloudLease extends AttemptTimes {
  readonly key: string;
  /** When the pool knew of the ready work. */
  readonly queuedAt: number;
}

/** Reads the streams of these jobs and of the pool where they are kept: over REST the pool's is not to be had. */
export async function readJournals(
  { deployment: { endpoint, tableName } }: LocalEnvironment,
  jobIds: readonly string[],
): Promise<CloudJournals> {
  // Said by every process; what is deployed runs on the version that the SDK asks for.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const journal = createDynamoJournalStore(DynamoDBDocumentClient.from(client), tableName, SYSTEM);
  const readyAt = new Map<string, number>();
  let [submittedAt, completedAt, over] = [Number.POSITIVE_INFINITY, 0, 0];
  for (const jobId of jobIds) {
    for await (const { type, at, data } of journal.read(streamOf(jobAt(jobId)))) {
      if (type === 'job.submitted') submittedAt = Math.min(submittedAt, at);
      if (type === 'node.ready')
        readyAt.set(attemptKey({ jobId, ...(data as Omit<AttemptRef, 'jobId'>) }), at);
      if (type !== 'job.completed') continue;
      const { status } = data as { status: string };
      if (status !== 'succeeded') throw new Error(`job ${jobId} ${status}`);
      completedAt = Math.max(completedAt, at);
      over += 1;
    }
  }
  const leases = leasesOf(journal.read(streamOf(poolAt('default'))), readyAt);
  const read = { leases: await leases, makespanMs: completedAt - submittedAt, over };
  client.destroy();
  return read;
}

async function leasesOf(
  pool: AsyncIterable<Recorded>,
  readyAt: ReadonlyMap<string, number>,
): Promise<CloudLease[]> {
  const queued = new Map<string, { work: WorkItem; at: number }>();
  const open = new Map<string, Omit<CloudLease, 'endedAt'>>();
  const leases: CloudLease[] = [];
  for await (const { type, at, data } of pool as AsyncIterable<Recorded<PoolEvent>>) {
    const key = attemptKey(data as AttemptRef);
    const ready = readyAt.get(key);
    if (ready === undefined) continue;
    if (type === 'work.queued') queued.set(key, { work: data as WorkItem, at });
    const known = queued.get(key);
    if (type === 'lease.granted' && known) {
      const { labels, slots } = known.work;
      const { workerId } = data as { workerId: string };
      open.set(key, { key, workerId, labels, slots, readyAt: ready, queuedAt: known.at, assignedAt: at });
    }
    const lease = open.get(key);
    if ((type === 'lease.released' || type === 'lease.revoked') && lease)
      leases.push({ ...lease, endedAt: at });
  }
  return leases;
}
