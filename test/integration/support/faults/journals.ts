import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createS3GraphStore } from '../../../../lib/adapters/aws/bucket/graph-store';
import { createJsonObjects } from '../../../../lib/adapters/aws/bucket/json-objects';
import { createDynamoJournalStore } from '../../../../lib/adapters/aws/table/journal-store';
import { SYSTEM } from '../../../../lib/adapters/system';
import { jobViewBody } from '../../../../lib/api/views/job';
import { INVARIANTS } from '../../../../lib/chaos/invariants/all';
import type { JobView } from '../../../../lib/contract/jobs';
import { createKinds } from '../../../../lib/core/engine/kinds';
import { createReader } from '../../../../lib/core/engine/reader';
import type { JobEvent } from '../../../../lib/core/job/events';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import { verifyChain } from '../../../../lib/core/journal/verify';
import { type Address, jobAt, poolAt, streamOf } from '../../../../lib/core/messages/address';
import type { Api } from '../api';
import type { LocalEnvironment } from '../local-environment';

export interface Journals {
  readonly events: (at: Address) => Promise<readonly Recorded[]>;
  /** What of the promises that docs/chaos.md lists the journals of these jobs do not keep; what is broken in a chain. */
  readonly violations: (jobIds: readonly string[]) => Promise<readonly string[]>;
  /** A job as the API would show it, folded from the first event of its journal. */
  readonly replayed: (jobId: string) => Promise<JobView>;
  /** Streams of these jobs and of their pool whose effects are not all known to be performed. */
  readonly unconfirmed: (jobIds: readonly string[]) => Promise<readonly string[]>;
  /** What the pool still holds. */
  readonly held: () => Promise<Readonly<Record<string, number>>>;
}

const POOL = poolAt('default');

/** Journals of the local cloud, read where they are kept, and folded by nobody's warm fold and from no snapshot. */
export function journalsOf({ deployment }: LocalEnvironment): Journals {
  const { endpoint, tableName, bucketName } = deployment;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const aws = { endpoint, region: 'us-east-1', credentials };
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(aws));
  const graphs = createS3GraphStore(
    createJsonObjects(new S3Client({ ...aws, forcePathStyle: true }), bucketName),
  );
  const journalOf = () => createDynamoJournalStore(table, tableName, SYSTEM);
  const never = async () => {
    throw new Error('nothing is decided here');
  };
  const reader = () => {
    const journal = journalOf();
    const kinds = createKinds({
      journal,
      graphs,
      random: () => 0,
      conditions: { judge: never, judgeEach: never },
    });
    return createReader({ journal, snapshots: { load: async () => undefined } }, kinds);
  };
  const events = async (at: Address) => {
    const read: Recorded[] = [];
    for await (const event of journalOf().read(streamOf(at))) read.push(event);
    return read;
  };

  return {
    events,
    async violations(jobIds) {
      const broken: string[] = [];
      const streams = new Map<string, readonly Recorded[]>();
      for (const at of [POOL, ...jobIds.map(jobAt)]) {
        const read = await events(at);
        streams.set(streamOf(at), read);
        const verdict = await verifyChain(read, streamOf(at));
        if (!verdict.valid) broken.push(`${streamOf(at)} at ${verdict.at}: ${verdict.reason}`);
      }
      const known = new Map<string, Awaited<ReturnType<typeof graphs.get>>>();
      for (const [event] of streams.values()) {
        const { type, data } = (event ?? {}) as Recorded<JobEvent>;
        if (type === 'job.submitted') known.set(data.graphHash, await graphs.get(data.graphHash));
      }
      for (const { name, watch } of INVARIANTS) {
        if (!WATCHED.has(name)) continue;
        const watcher = watch?.({
          graphOf: (hash) => known.get(hash) as NonNullable<ReturnType<typeof known.get>>,
          broken: (detail) => void broken.push(`${name}: ${detail}`),
          struck: () => [],
          graceMs: 0,
        });
        for (const [stream, read] of streams) watcher?.appended?.(stream, read, undefined);
      }
      return broken;
    },
    async replayed(jobId) {
      const job = await reader().view(jobAt(jobId));
      return jobViewBody(jobId, job, { now: Date.now(), slots: 0, heldBy: () => undefined });
    },
    async unconfirmed(jobIds) {
      const journal = journalOf();
      const streams = [POOL, ...jobIds.map(jobAt)].map(streamOf);
      const open = streams.map(async (stream) => {
        const [{ seq }, confirmed] = await Promise.all([journal.head(stream), journal.confirmed(stream)]);
        return confirmed < seq ? [`${stream} ${confirmed}/${seq}`] : [];
      });
      return (await Promise.all(open)).flat();
    },
    async held() {
      const { state } = await reader().view(POOL);
      const { leases, queued, running, admission } = state;
      return {
        leases: leases.size,
        queued: queued.size,
        running: running.size,
        ...{ waiting: admission.waiting.size, admitted: admission.running.size },
      };
    },
  };
}

/** Invariants that follow from what is in journals alone, whichever process wrote it and in whichever order streams are read. */
const WATCHED = new Set([
  'finishedOnce',
  'attemptsInOrder',
  'needsFirst',
  'budgetKept',
  'endsAsItsNodes',
  'leasesOfQueuedWork',
  'roomKept',
]);

/** What a job shows now, without what depends on when one asks. */
export async function shownNow(api: Api, jobId: string): Promise<object> {
  return lasting((await api.get(`/jobs/${jobId}`)).body);
}

export function lasting({
  resource_utilization: _u,
  estimated_completion: _e,
  checkpoint: _c,
  ...rest
}: JobView): object {
  return rest;
}
