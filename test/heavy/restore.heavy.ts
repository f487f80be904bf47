import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SCOPES } from '../../lib/core/access/scopes';
import { runCommand } from '../../lib/localcloud/command';
import { type Api, eventually, isOver, submit, waitForJob } from '../integration/support/api';
import { clockOf } from '../integration/support/clock';
import { type LocalEnvironment, ROOT, startLocalEnvironment } from '../integration/support/local-environment';
import {
  COMPLETED,
  failedWith,
  type ScriptedWorker,
  startScriptedWorker,
} from '../integration/support/scripted-worker';

/**
 * An environment is lost and another one takes its place, as docs/disaster-recovery.md says it for another region: by `npm run
 * restore:heavy`. Two local clouds stand for two regions; the first one is gone before the second is there.
 */
const PATIENCE_MS = 240_000;
const NODE = { run: 'true', timeout: '10m' };
const ONCE = { maxAttempts: 1 };
const QUARANTINE = 'ab'.repeat(8);

const dir = mkdtempSync(join(tmpdir(), 'reprise-restore-'));
let lost: LocalEnvironment;
let found: LocalEnvironment;
let worker: ScriptedWorker;
let owner: Api;
let saved: Saved;
let clocks: readonly string[];

interface Saved {
  readonly objects: ReadonlyMap<string, Uint8Array>;
  readonly secret: string;
  /** What the API showed, by path. */
  readonly shown: Readonly<Record<string, unknown>>;
}

const jobs = { finished: '', parked: '', running: '' };
const clients: ScriptedWorker[] = [];

beforeAll(async () => {
  lost = await startLocalEnvironment();
  owner = await lost.as('ana', SCOPES.jobs, SCOPES.admin);
  worker = await startScriptedWorker(lost.worker, 'scripted-1');
  clients.push(worker);
}, 1_200_000);
afterAll(async () => {
  for (const client of clients) await client.stop().catch(() => undefined);
  await lost?.stop();
  await found?.stop();
  rmSync(dir, { recursive: true, force: true });
}, 120_000);

const awsOf = ({ deployment: { endpoint } }: LocalEnvironment) => ({
  ...{ endpoint, region: 'us-east-1' },
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** `npm run table`, as an operator with credentials of the environment. */
async function table(local: LocalEnvironment, ...args: string[]): Promise<string> {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: local.deployment.endpoint,
    ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' },
  };
  const command = ['run', '--silent', 'table', '--', ...args, '--env', 'local'];
  const { status, output } = await runCommand('npm', command, { cwd: ROOT, env });
  expect({ status, output }).toMatchObject({ status: 0 });
  return output;
}

/** What `aws s3 sync` does, in memory. */
async function objectsOf(local: LocalEnvironment): Promise<Map<string, Uint8Array>> {
  const s3 = new S3Client({ ...awsOf(local), forcePathStyle: true });
  const Bucket = local.deployment.bucketName;
  const objects = new Map<string, Uint8Array>();
  for (let ContinuationToken: string | undefined; ; ) {
    const page: ListObjectsV2CommandOutput = await s3.send(
      new ListObjectsV2Command({ Bucket, ...(ContinuationToken && { ContinuationToken }) }),
    );
    for (const { Key = '' } of page.Contents ?? []) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      objects.set(Key, (await Body?.transformToByteArray()) ?? new Uint8Array());
    }
    ContinuationToken = page.NextContinuationToken;
    if (ContinuationToken === undefined) return objects;
  }
}

async function putObjects(local: LocalEnvironment, objects: Saved['objects']): Promise<void> {
  const s3 = new S3Client({ ...awsOf(local), forcePathStyle: true });
  for (const [Key, Body] of objects)
    await s3.send(new PutObjectCommand({ Bucket: local.deployment.bucketName, Key, Body }));
}

async function secretArnOf(local: LocalEnvironment): Promise<string> {
  const { SecretList = [] } = await new SecretsManagerClient(awsOf(local)).send(new ListSecretsCommand({}));
  const arns = SecretList.flatMap(({ ARN = '' }) => (ARN.includes('EngineSecret') ? [ARN] : []));
  expect(arns).toHaveLength(1);
  return arns[0] as string;
}

async function secretOf(local: LocalEnvironment): Promise<string> {
  const command = new GetSecretValueCommand({ SecretId: await secretArnOf(local) });
  return (await new SecretsManagerClient(awsOf(local)).send(command)).SecretString ?? '';
}

/** Clocks that are set, by the id of their trigger. */
async function schedulesOf(local: LocalEnvironment): Promise<string[]> {
  const command = new ListSchedulesCommand({ GroupName: 'reprise-local' });
  const { Schedules = [] } = await new SchedulerClient(awsOf(local)).send(command);
  return Schedules.flatMap(({ Name }) => Name ?? []);
}

async function putEvent(local: LocalEnvironment, commit: string): Promise<void> {
  const entry = { EventBusName: 'reprise-local', Source: 'git', DetailType: 'push' };
  const command = new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify({ commit }) }] });
  expect((await new EventBridgeClient(awsOf(local)).send(command)).FailedEntryCount).toBe(0);
}

const graph = (name: string, ...nodes: object[]) => ({ name, nodes });
const LISTS = [
  '/jobs',
  '/letters',
  '/triggers',
  '/quarantines',
  '/config',
  '/notifications',
  '/dependencies',
];

/** What people see, without what changes by the moment. */
async function shownBy(api: Api): Promise<Record<string, unknown>> {
  const paths = [...LISTS, `/jobs/${jobs.finished}`, `/jobs/${jobs.finished}/events?limit=1000`];
  const shown: Record<string, unknown> = {};
  for (const path of paths) {
    const { status, body } = await api.get(path);
    expect([path, status]).toEqual([path, 200]);
    // How many slots the workers of this moment have is not restored.
    const lasting = body?.resource_utilization ? { ...body, resource_utilization: undefined } : body;
    shown[path] = lasting;
  }
  return shown;
}

const groupOf = async (api: Api): Promise<string | undefined> =>
  (await api.get('/letters')).body.groups?.find(({ letters }: { letters: number }) => letters > 0)?.group;

/** Jobs that a trigger has started. */
const firedBy = async (api: Api, name: string): Promise<readonly string[]> =>
  ((await api.get(`/triggers/${name}`)).body?.recent ?? []).flatMap(
    ({ job_id }: { job_id?: string }) => job_id ?? [],
  );

describe('an environment with work that is finished, parked and running', () => {
  it('has a job of each, letters, triggers, a quarantine and a configuration', async () => {
    worker.follow(({ node_id }) => {
      if (node_id === 'broken') return failedWith('the till is closed');
      return node_id === 'long' ? undefined : COMPLETED;
    });
    jobs.finished = await submit(owner, graph('finished', { id: 'build', ...NODE }));
    jobs.parked = await submit(owner, graph('parked', { id: 'broken', ...NODE, retry: ONCE }));
    jobs.running = await submit(
      owner,
      graph('running', { id: 'long', ...NODE }, { id: 'after', ...NODE, needs: ['long'] }),
    );
    expect(await waitForJob(owner, jobs.finished, isOver, PATIENCE_MS)).toMatchObject({
      status: 'succeeded',
    });
    expect(await waitForJob(owner, jobs.parked, isOver, PATIENCE_MS)).toMatchObject({ status: 'failed' });
    await eventually(
      async () => worker.requests.find(({ node_id }) => node_id === 'long') ?? undefined,
      PATIENCE_MS,
    );
    await eventually(() => groupOf(owner), PATIENCE_MS);

    const job = { execution_graph: graph('fired', { id: 'only', ...NODE }) };
    const pushed = { on: { event: { source: ['git'], 'detail-type': ['push'] } }, overlap: 'allow', job };
    expect((await owner.put('/triggers/on-push', pushed)).status).toBe(201);
    const clocked = { on: { schedule: { cron: '0 3 1 1 *', timezone: 'UTC' } }, overlap: 'allow', job };
    expect((await owner.put('/triggers/by-clock', clocked)).status).toBe(201);
    await putEvent(lost, 'before');
    await eventually(async () => (await firedBy(owner, 'on-push'))[0], PATIENCE_MS);
    await eventually(async () => (await schedulesOf(lost))[0], PATIENCE_MS);

    const expires_at = new Date(Date.now() + 86_400_000).toISOString();
    const flake = { of: 'node', name: 'broken', owner: 'team-shop', reason: 'SHOP-12', expires_at };
    expect((await owner.put(`/quarantines/${QUARANTINE}`, flake)).status).toBe(200);
  }, 600_000);

  it('is saved: its table, its bucket and its secret; then it is gone', async () => {
    // What was under way has come to rest: what is asked for again after the restore can be compared.
    const [fired = ''] = await firedBy(owner, 'on-push');
    await waitForJob(owner, fired, isOver, PATIENCE_MS);
    const shown = await shownBy(owner);
    await table(lost, 'export', '--out', dir);
    clocks = await schedulesOf(lost);
    saved = { objects: await objectsOf(lost), secret: await secretOf(lost), shown };
    expect(saved.objects.size).toBeGreaterThan(3);
    await worker.stop().catch(() => undefined);
    await lost.stop();
  }, 600_000);
});

describe('the environment that takes its place', () => {
  it('is deployed anew, and gets what was saved: every chain verifies', async () => {
    found = await startLocalEnvironment();
    owner = await found.as('ana', SCOPES.jobs, SCOPES.admin);
    await putObjects(found, saved.objects);
    const SecretId = await secretArnOf(found);
    const command = new PutSecretValueCommand({ SecretId, SecretString: saved.secret });
    await new SecretsManagerClient(awsOf(found)).send(command);
    const restored = await table(found, 'restore', '--elsewhere', '--from', dir);
    expect(restored).toMatch(/\d+ items are in/);
    expect(restored).toMatch(/\d+ streams with \d+ events are valid, 0 are not/);
    expect(await table(found, 'rearm')).toMatch(/[1-9]\d* streams are asked/);
  }, 1_200_000);

  it('shows what the one before it showed', async () => {
    expect(await shownBy(owner)).toEqual(saved.shown);
  }, 120_000);

  it('brings the job that ran to its end, on workers that come anew', async () => {
    worker = await startScriptedWorker(found.worker, 'scripted-2');
    clients.push(worker);
    worker.follow(() => COMPLETED);
    const [sweep, reconcile] = [await clockOf(found, /Sweeper/), await clockOf(found, /FunctionsReconciler/)];
    const job = await eventually(async () => {
      await sweep().catch(() => undefined);
      await reconcile().catch(() => undefined);
      const { body } = await owner.get(`/jobs/${jobs.running}`);
      return isOver(body) ? body : undefined;
    }, PATIENCE_MS);
    expect(job).toMatchObject({ status: 'succeeded', nodes: { after: { status: 'succeeded' } } });
  }, 900_000);

  it('redrives a letter of the one before it', async () => {
    const group = await groupOf(owner);
    const { status } = await owner.post(`/letters/${group}/redrive`, { reason: 'the till is open' });
    expect(status).toBe(200);
    const over = await waitForJob(owner, jobs.parked, (job) => job.status === 'succeeded', PATIENCE_MS);
    expect(over.nodes['broken']).toMatchObject({ status: 'succeeded' });
  }, 600_000);

  it('has the clock of the one before it, as its journal says it', async () => {
    const set = await eventually(async () => {
      const names = await schedulesOf(found);
      return names.length > 0 ? names : undefined;
    }, PATIENCE_MS);
    expect(set).toEqual(expect.arrayContaining([...clocks]));
  }, 600_000);

  it('fires on the events that the one before it fired on', async () => {
    const before = await firedBy(owner, 'on-push');
    await putEvent(found, 'after');
    const fired = await eventually(
      async () => (await firedBy(owner, 'on-push')).find((id) => !before.includes(id)),
      PATIENCE_MS,
    );
    expect(await waitForJob(owner, fired, isOver, PATIENCE_MS)).toMatchObject({ status: 'succeeded' });
  }, 900_000);
});
