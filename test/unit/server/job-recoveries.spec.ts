import { createJobClient } from '../../../lib/adapters/http/job-client';
import { describeError } from '../../../lib/api/errors';
import { jobRecoveries, jobRetries } from '../../../lib/contract/recoveries';
import { SCOPES } from '../../../lib/core/access/scopes';
import { ERRORS } from '../../../lib/core/errors';
import { createApp } from '../../../lib/server/app';
import { servedRoutes } from '../../../lib/server/routes';
import { junitFaults } from '../../support/junit-schema';
import {
  configuredWith,
  createServedWorld,
  NO_CLEANING,
  OWNER,
  type Process,
  until,
} from './support/served-world';

const retry = { maxAttempts: 2, strategy: 'fixed', initialDelay: 1, on: 'any' };
const execution_graph = {
  name: 'shop',
  nodes: [
    { id: 'flaky', run: 'x', retry },
    { id: 'broken', run: 'x', retry },
    { id: 'sound', run: 'x', retry },
  ],
};

/** The first attempt of `flaky` fails, and every one of `broken`. */
const world = createServedWorld(({ nodeId, attempt }) => ({
  ms: 1_000,
  end: nodeId === 'broken' || (nodeId === 'flaky' && attempt === 1) ? 'failed' : 'succeeded',
}));
let daemon: Process;
let app: ReturnType<typeof createApp>;
let job: string;

const get = (path: string) => app.request(path, { headers: { authorization: 'Bearer t' } });
// biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer is what it asserts
const json = async (path: string): Promise<any> => (await get(path)).json();

beforeAll(async () => {
  daemon = await world.boot();
  app = createApp({
    routes: servedRoutes({
      ...{ engine: daemon.engine, journal: daemon.journal, config: configuredWith(daemon.journal) },
      ...{ traces: { places: async () => [] }, letters: { list: async () => ({ groups: [] }) } },
      ...{ slots: 2, clock: world.time.now, cleaning: NO_CLEANING },
    }),
    open: [describeError()],
    ...{ token: 't', caller: { subject: OWNER, scopes: Object.values(SCOPES) }, health: async () => ({}) },
    onFault: (_, error) => {
      throw error;
    },
  });
  const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
  const body = JSON.stringify({ execution_graph });
  const submitted = await app.request('/jobs', { method: 'POST', headers, body });
  job = ((await submitted.json()) as { job_id: string }).job_id;
  await until(async () => (await json(`/jobs/${job}`)).status === 'failed', world.time.next);
});
afterAll(() => daemon.end());

describe('GET /jobs/{jobId}/retries', () => {
  it('says what was tried again, as what, and what that came to', async () => {
    const body = jobRetries.parse(await json(`/jobs/${job}/retries`));
    expect(body.totals).toEqual({
      ...{ nodes: 2, retries: 2, mended: 1, given_up: 1, waited_seconds: 2, spent_seconds: 3 },
    });
    expect(body.classes).toEqual([{ class: expect.any(String), failed: 3, mended: 1 }]);
    const said = { retries: 1, attempts: 2, lost: 0, waited_seconds: 1, strategies: expect.any(Array) };
    const policy = { strategy: 'fixed', max_attempts: 2, initial_delay_seconds: 1, on: 'any' };
    expect(Object.fromEntries(body.nodes.map((node) => [node.node_id, node]))).toMatchObject({
      flaky: { ...said, outcome: 'succeeded', failed: 1, policy },
      broken: { ...said, outcome: 'failed', failed: 2, why_not_again: expect.any(String), policy },
    });
  });

  it('narrows and pages the nodes, and counts all', async () => {
    const failed = await json(`/jobs/${job}/retries?outcome=failed`);
    expect(failed.nodes).toMatchObject([{ node_id: 'broken' }]);
    expect(failed.totals.nodes).toBe(2);
    const first = await json(`/jobs/${job}/retries?sort=node_id&limit=1`);
    expect(first).toMatchObject({ nodes: [{ node_id: 'broken' }], next_cursor: expect.any(String) });
    const next = await json(`/jobs/${job}/retries?sort=node_id&limit=1&cursor=${first.next_cursor}`);
    expect(next.nodes).toMatchObject([{ node_id: 'flaky' }]);
    expect(next).not.toHaveProperty('next_cursor');
  });
});

describe('GET /jobs/{jobId}/recoveries', () => {
  it('says what was recovered, and how all of it stands', async () => {
    const body = jobRecoveries.parse(await json(`/jobs/${job}/recoveries`));
    const { totals, recoveries } = body;
    expect(recoveries).toHaveLength(Object.values(totals).reduce((sum, each) => sum + each));
    for (const { status } of recoveries) expect(totals[status]).toBeGreaterThan(0);
    const none = await json(`/jobs/${job}/recoveries?cause=workerLost`);
    expect(none).toMatchObject({ recoveries: [], totals });
  });
});

describe('GET /jobs/{jobId}/report', () => {
  it('is JUnit, as its type says', async () => {
    const answer = await get(`/jobs/${job}/report/junit`);
    expect(answer.headers.get('content-type')).toBe('application/xml');
    const text = await answer.text();
    expect(junitFaults(text)).toEqual([]);
    expect(text).toContain('<testsuite name="flaky"');
    const etag = answer.headers.get('etag')!;
    const again = await app.request(`/jobs/${job}/report/junit`, {
      headers: { authorization: 'Bearer t', 'if-none-match': etag },
    });
    expect(again.status).toBe(304);
  });

  it('is CTRF, with every try', async () => {
    const body = await json(`/jobs/${job}/report/ctrf`);
    expect(body).toMatchObject({ reportFormat: 'CTRF', runId: job });
    expect(body.results.summary).toMatchObject({ tests: 3, passed: 2, failed: 1, flaky: 1 });
  });

  it('is of no job that nobody submitted', async () => {
    expect((await get('/jobs/none/report/junit')).status).toBe(404);
  });
});

describe('a client', () => {
  const client = createJobClient({
    ...{ api: 'http://127.0.0.1', token: 't' },
    fetch: async (url, init) => app.request(String(url), init),
  });

  it('gets all retries and recoveries of a job, and what it reports', async () => {
    const { nodes, ...retries } = await client.retries(job, {});
    expect(nodes.map(({ node_id }) => node_id).sort()).toEqual(['broken', 'flaky']);
    expect(retries.totals.nodes).toBe(2);
    expect((await client.retries(job, { outcome: 'failed' })).nodes).toHaveLength(1);
    expect(await client.recoveries(job, {})).toEqual(await json(`/jobs/${job}/recoveries`));
    expect(junitFaults(await client.junit(job))).toEqual([]);
    expect(await client.ctrf(job)).toEqual(await json(`/jobs/${job}/report/ctrf`));
  });
});

describe('the type of an error', () => {
  it('leads to what it means and what mends it, without a token', async () => {
    const refused = await app.request('/jobs/none');
    const { type, title, mend, code, status } = (await refused.json()) as Record<string, string>;
    const answer = await app.request(type!);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ type, title, mend, code, status, disposition: 'terminal' });
  });

  it.each(Object.keys(ERRORS))('is told of %s', async (code) => {
    expect(await (await app.request(`/errors/${code}`)).json()).toMatchObject({ code });
  });

  it('is told of no other word', async () => {
    expect(await (await app.request('/errors/NO_SUCH')).json()).toMatchObject({ code: 'ROUTE_NOT_FOUND' });
    expect((await app.request('/errors/%3Cscript%3E')).status).toBe(400);
  });
});
