import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layoutOf } from '../../../lib/adapters/embedded/disk/layout';
import { createJobClient } from '../../../lib/adapters/http/job-client';
import { issuerSchema } from '../../../lib/core/access/issuer';
import { type Daemon, startDaemon } from '../../../lib/server/daemon';
import { instantExecutor } from '../../support/instant-executor';
import { AUDIENCE, type OidcProvider, startOidcProvider } from '../../support/oidc-provider';

// Each call goes over a socket, and a machine may have more to do.
jest.setTimeout(30_000);

let provider: OidcProvider;
let daemon: Daemon;
afterAll(async () => {
  await daemon?.close();
  await provider?.close();
});
// The head of a journal, a cache, may be written once more after the daemon has ended.
const dir = mkdtempSync(join(tmpdir(), 'reprise-owners-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));

/** The same directory each time, as the next process finds it. */
const start = () =>
  startDaemon({
    ...{ layout: layoutOf(join(dir, '.reprise')), host: '127.0.0.1', port: 0, owner: 'root' },
    machine: { cwd: dir, slots: 4, suites: {}, env: [] },
    executor: instantExecutor,
    config: { file: join(dir, 'config.yaml'), environment: {}, flags: {} },
    issuer: issuerSchema.parse({ issuer: provider.issuer, audience: AUDIENCE }),
    ...{ clock: Date.now, random: Math.random, warn: () => {} },
  });

beforeAll(async () => {
  provider = await startOidcProvider();
  daemon = await start();
});

// biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer is what it asserts
type Body = any;

async function call(user: string, name: string, body?: unknown): Promise<{ status: number; body: Body }> {
  const [method = '', path = ''] = name.split(' ');
  const token = user === 'root' ? daemon.token : await provider.token({ sub: user });
  const answer = await fetch(`${daemon.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

const execution_graph = { name: 'g', nodes: [{ id: 'a', run: 'true' }] };
const submit = async (user: string) => (await call(user, 'POST /jobs', { execution_graph })).body;
const idsOf = ({ body }: { body: Body }) => body.jobs.map(({ job_id }: { job_id: string }) => job_id);

/** A command is done some time after it was accepted: the job says when. */
async function until(job: string, users: readonly string[]): Promise<void> {
  for (;;) {
    const { shared_with = [] } = (await call('root', `GET /jobs/${job}`)).body;
    if (JSON.stringify(shared_with) === JSON.stringify(users)) return;
  }
}

/** In the moment in which a job ends it is locked (409). */
async function shareOnceEnded(job: string): Promise<void> {
  for (;;) {
    const { status } = await call('ana', `POST /jobs/${job}/share`, { user: 'ben' });
    if (status === 202) return;
    expect(status).toBe(409);
  }
}

describe('a daemon of many owners', () => {
  it('keeps their jobs, graphs and triggers apart, until a job is shared', async () => {
    const { job_id: job, graph_hash } = await submit('ana');
    expect((await call('ana', `GET /jobs/${job}`)).body).toMatchObject({ owner: 'ana' });
    for (const name of [`GET /jobs/${job}`, `GET /jobs/${job}/events`, `GET /trace/${job}`])
      expect((await call('ben', name)).status).toBe(404);
    expect(idsOf(await call('ben', 'GET /jobs'))).toEqual([]);
    expect((await call('ben', 'POST /jobs', { graph_hash })).status).toBe(404);
    expect((await call('ana', 'POST /jobs', { graph_hash })).status).toBe(202);

    const client = createJobClient({ api: daemon.url, token: await provider.token({ sub: 'ana' }) });
    await client.share(job, 'ben');
    await until(job, ['ben']);
    expect((await call('ben', `GET /jobs/${job}`)).body).toMatchObject({
      owner: 'ana',
      shared_with: ['ben'],
    });
    expect((await call('ben', `GET /trace/${job}`)).status).toBe(200);
    expect(idsOf(await call('ben', 'GET /jobs?shared=true'))).toEqual([job]);
    expect((await call('cleo', `GET /jobs/${job}`)).status).toBe(404);
    const types = (await call('ben', `GET /jobs/${job}/events`)).body.events.map(({ type }: Body) => type);
    expect(types).toContain('job.shared');
  });

  it('keeps what is shared over a restart, and takes it back', async () => {
    const { job_id: job } = await submit('ana');
    await shareOnceEnded(job);
    await until(job, ['ben']);
    await daemon.close();
    daemon = await start();
    expect((await call('ben', `GET /jobs/${job}`)).status).toBe(200);
    expect(idsOf(await call('ben', 'GET /jobs?shared=true'))).toContain(job);
    await call('ana', `POST /jobs/${job}/unshare`, { user: 'ben' });
    await until(job, []);
    expect((await call('ben', `GET /jobs/${job}`)).status).toBe(404);
    expect(idsOf(await call('ben', 'GET /jobs?shared=true'))).not.toContain(job);
  });

  it('notes who shared what with whom, for the owner and for administrators', async () => {
    const { job_id: job } = await submit('ana');
    await shareOnceEnded(job);
    await until(job, ['ben']);
    await call('ben', `POST /jobs/${job}/pause`, {});
    const records = async (user: string) =>
      (await call(user, 'GET /audit')).body.records
        .filter(({ resource }: Body) => resource === `job/${job}`)
        .map(({ principal, action }: Body) => `${principal} ${action}`);
    const done = ['ana POST /jobs/{jobId}/share', 'ben POST /jobs/{jobId}/pause'];
    expect(await records('ana')).toEqual(expect.arrayContaining(done));
    expect(await records('root')).toEqual(expect.arrayContaining(done));
    expect(await records('ben')).toEqual([done[1]]);
    expect(await records('cleo')).toEqual([]);
  });

  it('tells nobody the names of triggers of others that heard an event', async () => {
    const on = { event: { source: ['portal'] } };
    expect((await call('ana', 'PUT /triggers/nightly', { on, job: { execution_graph } })).status).toBe(201);
    const event = { source: 'portal', 'detail-type': 'x', detail: {} };
    expect((await call('ben', 'POST /events', event)).body.triggers).toEqual([]);
    expect((await call('ana', 'POST /events', event)).body.triggers).toEqual(['nightly']);
  });

  it('leaves everything of everyone to the one who started it', async () => {
    expect((await call('ana', 'GET /config')).status).toBe(403);
    expect((await call('root', 'GET /config')).status).toBe(200);
    expect(idsOf(await call('root', 'GET /jobs?owner=ana')).length).toBeGreaterThan(0);
    expect((await call('ben', 'GET /jobs?owner=ana')).status).toBe(403);
  });
});
