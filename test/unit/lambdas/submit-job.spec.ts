import { apiHandler } from '../../../lambdas/shared/http';
import { type SubmitJobDeps, submitJobRoute } from '../../../lambdas/submit-job/route';
import { submit } from '../../../lambdas/submit-job/submit';
import { errorResponse, submitJobResponse } from '../../../lib/adapters/http/contract';
import type { Graph } from '../../../lib/core/dag/graph';
import { createJobEngine } from '../../../lib/core/engine/jobs';
import { RepriseError } from '../../../lib/core/errors';
import { MemoryJournal } from './memory-cloud';
import { type RequestOptions, request } from './request';

const shop = {
  name: 'shop',
  nodes: [
    { id: 'build', run: 'make' },
    { id: 'api', suite: 'api', needs: ['build'] },
  ],
};

function world(overrides: Partial<SubmitJobDeps> = {}) {
  const stored = new Map<string, Graph>();
  const graphs = {
    put: async (hash: string, graph: Graph) => void stored.set(hash, graph),
    get: async (hash: string) =>
      stored.get(hash) ?? Promise.reject(new RepriseError('GRAPH_NOT_FOUND', hash)),
  };
  const journal = new MemoryJournal();
  const perform = jest.fn(async () => {});
  const want = jest.fn(async () => {});
  const engine = createJobEngine({ journal, graphs, clock: () => 1_000, random: () => 0.5, perform });
  let ids = 0;
  const handler = apiHandler(
    submitJobRoute({
      graphs,
      requests: { want },
      newJobId: () => `job${++ids}`,
      pools: ['default', 'gpu'],
      submit: ({ jobId, submission, origin }) => submit(engine, jobId, submission, origin),
      onSubmitted: () => {},
      ...overrides,
    }),
  );
  return { handler, journal, stored, perform, want };
}

describe('POST /jobs', () => {
  it('accepts a graph: stored by hash, submitted with owner and trace, answered 202', async () => {
    const { handler, journal, stored, perform } = world();
    const answer = await request(handler, {
      body: { execution_graph: shop, priority: 'high', pool: 'gpu' },
      headers: { 'x-trace-id': 'trace-7' },
    });
    expect(answer.status).toBe(202);
    expect(answer.headers['X-Trace-Id']).toBe('trace-7');
    expect(submitJobResponse.parse(answer.body)).toMatchObject({
      job_id: 'job1',
      status: 'submitted',
      nodes: 2,
    });
    expect([...stored.keys()]).toEqual([answer.body.graph_hash]);
    expect(journal.streams.get('job/job1')).toMatchObject([
      {
        type: 'job.submitted',
        traceId: 'trace-7',
        actor: { kind: 'user', id: 'ana' },
        data: { owner: 'ana', priority: 'high', pool: 'gpu', graphHash: answer.body.graph_hash },
      },
    ]);
    expect(perform).toHaveBeenCalledTimes(1);
  });

  it('names the JSON path of each problem of the request', async () => {
    const { handler } = world();
    const answer = await request(handler, { body: { execution_graph: shop, priority: 'soon', extra: 1 } });
    expect(answer.status).toBe(400);
    const { error } = errorResponse.parse(answer.body);
    expect(error.code).toBe('INPUT_INVALID');
    expect(error.problems?.map(({ path }) => path)).toEqual(expect.arrayContaining(['priority']));
    expect(JSON.stringify(error.problems)).toContain('extra');
  });

  it('names the JSON path of each problem of the graph', async () => {
    const { handler, stored } = world();
    const nodes = [
      { id: 'a', run: 'x', needs: ['nowhere'] },
      { id: 'b', runs: 'y' },
    ];
    const answer = await request(handler, { body: { execution_graph: { name: 'shop', nodes } } });
    expect(answer.status).toBe(400);
    const paths = (answer.body.error.problems as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['execution_graph.nodes[0].needs[0]', 'execution_graph.nodes[1].runs']),
    );
    expect(stored.size).toBe(0);
  });

  it('shows the whole path of a cycle', async () => {
    const nodes = ['a', 'b', 'c'].map((id, i) => ({ id, run: id, needs: [['c', 'a', 'b'][i]] }));
    const answer = await request(world().handler, { body: { execution_graph: { name: 'loop', nodes } } });
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe('GRAPH_CYCLE');
    expect(answer.body.error.message).toMatch(/a -> c -> b -> a|b -> a -> c -> b|c -> b -> a -> c/);
  });

  it('refuses a pool that does not exist, where the job would wait for ever', async () => {
    const answer = await request(world().handler, { body: { execution_graph: shop, pool: 'none' } });
    expect(answer).toMatchObject({ status: 400, body: { error: { problems: [{ path: 'pool' }] } } });
  });

  it('takes a graph whose ids the generic machine cannot take in: it waits for its own', async () => {
    const nodes = Array.from({ length: 4_200 }, (_, i) => ({
      id: `${'x'.repeat(58)}${10_000 + i}`,
      run: 'x',
    }));
    const { handler, want } = world();
    const answer = await request(handler, { body: { execution_graph: { name: 'wide', nodes } } });
    expect(answer.status).toBe(202);
    expect(want).toHaveBeenCalledWith(answer.body.graph_hash);
  });

  it('runs a graph that was stored before by its hash, and answers as if it had come along', async () => {
    const { handler, want } = world();
    const first = await request(handler, { body: { execution_graph: shop } });
    const { graph_hash } = first.body;
    const again = await request(handler, { body: { graph_hash }, requestId: 'r2' });
    expect(again).toMatchObject({ status: 202, body: { job_id: 'job2', graph_hash, nodes: 2 } });
    expect(want.mock.calls).toEqual([[graph_hash], [graph_hash]]);
  });

  it('does not know a hash that nobody stored', async () => {
    const answer = await request(world().handler, { body: { graph_hash: 'ab'.repeat(32) } });
    expect(answer).toMatchObject({ status: 404, body: { error: { code: 'GRAPH_NOT_FOUND' } } });
  });

  it.each([
    ['both', { execution_graph: shop, graph_hash: 'ab'.repeat(32) }, 'execution_graph'],
    ['neither', {}, 'execution_graph'],
    ['no hash', { graph_hash: 'shop' }, 'graph_hash'],
  ])('refuses a submission with %s', async (_, body, path) => {
    const answer = await request(world().handler, { body });
    expect(answer).toMatchObject({ status: 400, body: { error: { problems: [{ path }] } } });
  });

  it.each<[string, RequestOptions, number]>([
    ['no JSON', { text: '{"execution_graph":' }, 400],
    ['of another type', { text: 'name: shop', headers: { 'Content-Type': 'text/yaml' } }, 415],
    ['missing', {}, 400],
  ])('refuses a body that is %s', async (_, options, status) => {
    const answer = await request(world().handler, options);
    expect(answer.status).toBe(status);
    expect(errorResponse.parse(answer.body).error.code).toBe('INPUT_INVALID');
  });

  it('refuses a caller without the scope, and one that is nobody', async () => {
    const { handler, journal } = world();
    const body = { execution_graph: shop };
    expect(await request(handler, { body, scopes: 'orchestration.worker' })).toMatchObject({
      status: 403,
      body: { error: { code: 'FORBIDDEN' } },
    });
    expect(await request(handler, { body, subject: '' })).toMatchObject({
      status: 401,
      body: { error: { code: 'UNAUTHENTICATED' } },
    });
    expect(journal.streams.size).toBe(0);
  });

  it('tells nothing of a fault on our side', async () => {
    const fail = async () => Promise.reject(new TypeError('secret stack'));
    const answer = await request(world({ submit: fail }).handler, { body: { execution_graph: shop } });
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    expect(errorResponse.parse(answer.body).trace_id).not.toBe('');
  });

  it('asks to try again when a service is busy', async () => {
    const busy = async () => Promise.reject(new RepriseError('UPSTREAM_UNAVAILABLE', 'throttled'));
    const answer = await request(world({ submit: busy }).handler, { body: { execution_graph: shop } });
    expect(answer).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } });
  });
});

describe('POST /jobs with an Idempotency-Key', () => {
  const headers = { 'Idempotency-Key': 'release-42' };

  it('is the same job when it is repeated', async () => {
    const { handler, journal } = world();
    const first = await request(handler, { body: { execution_graph: shop }, headers });
    const again = await request(handler, { body: { execution_graph: shop }, headers, requestId: 'r2' });
    expect(again.status).toBe(202);
    expect(again.body).toEqual(first.body);
    expect([...journal.streams.values()].flat()).toHaveLength(1);
  });

  it('is refused with another content', async () => {
    const { handler } = world();
    await request(handler, { body: { execution_graph: shop }, headers });
    const other = { ...shop, nodes: [{ id: 'only', run: 'make' }] };
    const answer = await request(handler, { body: { execution_graph: other }, headers });
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'JOB_EXISTS' } } });
    const urgent = await request(handler, { body: { execution_graph: shop, priority: 'critical' }, headers });
    expect(urgent.status).toBe(409);
  });

  it('is another job for another owner', async () => {
    const { handler } = world();
    const mine = await request(handler, { body: { execution_graph: shop }, headers });
    const theirs = await request(handler, { body: { execution_graph: shop }, headers, subject: 'bob' });
    expect(theirs.status).toBe(202);
    expect(theirs.body.job_id).not.toBe(mine.body.job_id);
  });

  it('must be one', async () => {
    const answer = await request(world().handler, {
      body: { execution_graph: shop },
      headers: { 'Idempotency-Key': 'two words' },
    });
    expect(answer.status).toBe(400);
  });
});
