import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createOpenStreams, type Progress } from '../../../../lib/adapters/aws/table/open-streams';
import { verifyExport } from '../../../../lib/adapters/embedded/disk/export-check';
import { type CleanupView, cleanupView } from '../../../../lib/contract/cleanup';
import { SCOPES } from '../../../../lib/core/access/scopes';
import { temporaryDir } from '../../../support/e2e-files';
import { type Api, eventually, isOver, submit, waitForJob } from '../api';
import { COMPLETED } from '../scripted-worker';
import type { Deployed } from './deployed';

const GRAPH = { name: 'old', nodes: [{ id: 'a', run: 'a', timeout: '60s' }] };

/** What is over is archived and removed, on the local cloud. */
export function ofCleanup(of: () => Deployed): void {
  let ana: Api;
  let admin: Api;
  let table: ReturnType<typeof tableOf>;
  /** Starts a cleanup and waits for what it says. */
  async function cleaned(order: { dry_run: boolean }): Promise<NonNullable<CleanupView['latest']>> {
    const { status, body } = await admin.post('/cleanup', order);
    expect(status).toBe(202);
    return eventually(async () => {
      const { latest } = cleanupView.parse((await admin.get('/cleanup')).body);
      return latest?.run === body.run && latest?.completed_at ? latest : undefined;
    }, 60_000);
  }

  describe('the cleanup of the local cloud', () => {
    beforeAll(async () => {
      const { local, worker } = of();
      worker.follow(() => COMPLETED);
      ana = await local.as('ana', SCOPES.jobs);
      admin = await local.as('root', SCOPES.admin);
      table = tableOf(of());
    });

    it('removes a job that was closed long ago, and its archive verifies offline', async () => {
      const [old, young] = [await submit(ana, GRAPH), await submit(ana, GRAPH)];
      for (const id of [old, young]) await waitForJob(ana, id, isOver, 120_000);
      await table.closed(old, 100);
      await table.closed(young, 1);
      expect((await ana.post('/cleanup', {})).status).toBe(403);

      const planned = await cleaned({ dry_run: true });
      expect(planned.items.map(({ kind, id }) => `${kind} ${id}`)).toEqual([`job ${old}`]);
      expect((await ana.get(`/jobs/${old}`)).status).toBe(200);

      const { events } = (await ana.get(`/jobs/${old}/events`)).body as { events: unknown[] };
      expect(await cleaned({ dry_run: false })).toMatchObject({ counts: { job: 1 }, failed: 0, stayed: [] });
      expect((await ana.get(`/jobs/${old}`)).status).toBe(404);
      expect((await ana.get(`/jobs/${young}`)).status).toBe(200);
      const { jobs } = (await ana.get('/jobs')).body as { jobs: { job_id: string }[] };
      expect(jobs.map(({ job_id }) => job_id)).not.toContain(old);
      expect(await verifyExport(await table.archiveOf(old))).toMatchObject({
        valid: true,
        events: events.length,
      });
      expect(await cleaned({ dry_run: false })).toMatchObject({ counts: {}, failed: 0 });
    }, 420_000);
  });
}

/** Looks at the table and the bucket from outside. */
function tableOf({ local: { deployment } }: Deployed) {
  const { endpoint, tableName, bucketName: Bucket } = deployment;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const config = { endpoint, region: 'us-east-1', credentials };
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const streams = createOpenStreams(DynamoDBDocumentClient.from(new DynamoDBClient(config)), tableName);
  return {
    /** As the outbox sweeper would have found it so many days ago. */
    async closed(jobId: string, days: number): Promise<void> {
      const progress = await eventually(async () => {
        const [found] = await streams.progress([`job/${jobId}`]);
        return found?.isOver && found.confirmed === found.seq ? found : undefined;
      }, 60_000);
      await streams.close(progress as Progress, Date.now() - days * 86_400_000);
    },
    async archiveOf(jobId: string): Promise<string> {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'archive/job/' }));
      const Key = Contents.map((each) => each.Key ?? '').find((key) => key.endsWith(`/${jobId}.jsonl.gz`));
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const path = join(temporaryDir(), 'archive.jsonl.gz');
      writeFileSync(path, (await Body?.transformToByteArray()) ?? '');
      return path;
    },
  };
}
