import { createEngineClient } from '../../../../lib/adapters/http/engine-client';
import { createTestExecutionClient } from '../../../../lib/adapters/http/test-execution-client';
import { SYSTEM } from '../../../../lib/adapters/system';
import { problemOf } from '../../../../lib/contract/errors';
import { executionRequest } from '../../../../lib/contract/executions';
import { request } from '../embedded/process/harness';

interface Seen {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

function recorder(...answers: { status?: number; body?: unknown }[]) {
  const seen: Seen[] = [];
  const fake = (async (url: string, init: RequestInit) => {
    const { status = 200, body = {} } = answers[Math.min(seen.length, answers.length - 1)] ?? {};
    const { method = '', headers } = init;
    seen.push({
      url,
      method,
      headers: headers as Record<string, string>,
      body: init.body ? JSON.parse(String(init.body)) : undefined,
    });
    return new Response(JSON.stringify(body), { status });
  }) as unknown as typeof fetch;
  return { seen, fake };
}

/** Waits for nothing. */
const IMPATIENT = { ...SYSTEM, sleep: async () => undefined };

const accepted = { job_id: 'j1', status: 'submitted', graph_hash: 'h', nodes: 1 };

describe('the client of the engine', () => {
  it('submits below the path of the stage, with token and one key for all its tries', async () => {
    const { seen, fake } = recorder({ status: 503 }, { status: 202, body: accepted });
    const client = createEngineClient({
      api: 'http://127.0.0.1:4566/restapis/abc/local/_user_request_/',
      token: 'jwt',
      fetch: fake,
      retry: { timing: IMPATIENT },
    });
    expect(await client.submitJob({ execution_graph: { name: 'g' } })).toEqual(accepted);
    expect(seen.map(({ url }) => url)).toEqual(
      Array(2).fill('http://127.0.0.1:4566/restapis/abc/local/_user_request_/jobs'),
    );
    expect(seen[0]?.headers['authorization']).toBe('Bearer jwt');
    expect(seen[0]?.headers['idempotency-key']).toMatch(/./);
    expect(seen[1]?.headers['idempotency-key']).toBe(seen[0]?.headers['idempotency-key']);
  });

  it('reads a job to its last page of nodes', async () => {
    const job = {
      ...{ job_id: 'j1', name: 'g', owner: 'ana', priority: 'normal', graph_hash: 'h' },
      ...{ submitted_at: '2026-01-01T00:00:00.000Z', current_nodes: [] },
    };
    const page = (id: string, status: string, rest: object = {}) => ({
      body: { ...job, status, progress_percentage: 50, nodes: { [id]: { status, attempts: 1 } }, ...rest },
    });
    const { seen, fake } = recorder(
      page('a', 'running', { next_nodes: 'b' }),
      page('b', 'running', { next_nodes: 'c' }),
      page('c', 'succeeded'),
    );
    const view = await createEngineClient({ api: 'http://api', token: 't', fetch: fake }).getJob('j1');
    expect(Object.keys(view.nodes)).toEqual(['a', 'b', 'c']);
    expect(view).toMatchObject({ status: 'succeeded' });
    expect(view).not.toHaveProperty('next_nodes');
    expect(seen.map(({ url }) => url.slice('http://api'.length))).toEqual([
      '/jobs/j1',
      '/jobs/j1?nodes_from=b',
      '/jobs/j1?nodes_from=c',
    ]);
  });

  it('lists events from a sequence on', async () => {
    const page = { job_id: 'j1', events: [{ seq: 5, at: 1, type: 'job.admitted', hash: 'h' }], next_from: 6 };
    const { seen, fake } = recorder({ body: page });
    const client = createEngineClient({ api: 'http://api', token: 't', fetch: fake });
    expect(await client.listEvents('j1', 5)).toEqual(page);
    expect(seen[0]?.url).toBe('http://api/jobs/j1/events?from=5');
  });

  it('cancels with a reason', async () => {
    const { seen, fake } = recorder({ status: 202, body: { job_id: 'j1', status: 'running' } });
    await createEngineClient({ api: 'http://api', token: 't', fetch: fake }).cancelJob('j1', 'enough');
    expect(seen[0]).toMatchObject({ url: 'http://api/jobs/j1/cancel', body: { reason: 'enough' } });
  });

  it('pauses, goes on, reprioritises and changes a queue by the routes of the contract', async () => {
    const body = { job_id: 'j1', pool: 'gpu', status: 'running' };
    const { seen, fake } = recorder({ status: 202, body });
    const client = createEngineClient({ api: 'http://api', token: 't', fetch: fake });
    await client.pauseJob('j1', 'broken lab');
    await client.unpauseJob('j1', 'mended');
    await client.setPriority('j1', 'high');
    await client.changeQueue('gpu', { status: 'paused', max_running_jobs: 5 });
    expect(seen.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', 'http://api/jobs/j1/pause', { reason: 'broken lab' }],
      ['POST', 'http://api/jobs/j1/unpause', { reason: 'mended' }],
      ['POST', 'http://api/jobs/j1/priority', { priority: 'high' }],
      ['POST', 'http://api/queues/gpu', { status: 'paused', max_running_jobs: 5 }],
    ]);
  });

  it('reads a queue', async () => {
    const limits = { max_running_jobs: 500, max_waiting_jobs: 10_000 };
    const queue = { pool: 'gpu', status: 'open', waiting: 1, running: 2, limits, workers: [] };
    const { seen, fake } = recorder({ body: queue });
    const client = createEngineClient({ api: 'http://api', token: 't', fetch: fake });
    expect(await client.getQueue('gpu')).toEqual(queue);
    expect(seen[0]?.url).toBe('http://api/queues/gpu');
  });

  it('submits again to a queue that was full', async () => {
    const full = { code: 'QUEUE_FULL', detail: 'full', trace_id: 't' };
    const { seen, fake } = recorder({ status: 429, body: full }, { status: 202, body: accepted });
    const retried: unknown[] = [];
    const retry = { timing: IMPATIENT, onRetry: (error: Error) => retried.push(error) };
    const client = createEngineClient({ api: 'http://api', token: 't', fetch: fake, retry });
    expect(await client.submitJob({ execution_graph: { name: 'g' } })).toEqual(accepted);
    expect(seen).toHaveLength(2);
    expect(retried).toMatchObject([{ code: 'QUEUE_FULL' }]);
  });

  it('does not repeat a heartbeat', async () => {
    const { seen, fake } = recorder({ status: 503 });
    const client = createEngineClient({ api: 'http://api', token: 't', fetch: fake });
    await expect(client.heartbeat('w', { pool: 'p', running: 1 })).rejects.toThrow('503');
    expect(seen).toHaveLength(1);
  });

  it('reports with the tokens of the attempts, for as long as it takes, and says which were refused', async () => {
    const error = problemOf({
      ...{ code: 'ATTEMPT_TOKEN_INVALID', status: 403, detail: 'another worker has it' },
      ...{ instance: '/jobs/j/nodes/b/attempts/2/progress', traceId: 't' },
    });
    const taken = { status: 200, body: { results: [{ status: 202 }, { status: 403, error }] } };
    const { seen, fake } = recorder(...Array(50).fill({ status: 502 }), taken);
    const client = createEngineClient({
      api: 'http://api',
      token: 't',
      fetch: fake,
      retry: { timing: IMPATIENT },
    });
    const of = (nodeId: string) => ({
      origin: { ref: { jobId: 'j', nodeId, attempt: 2 }, attemptToken: `secret-${nodeId}` },
      report: { type: 'progressed', percentage: 40 } as const,
    });
    const refusals = await client.report('w', [of('a'), of('b')]);
    expect(refusals).toMatchObject([undefined, { code: 'ATTEMPT_TOKEN_INVALID', disposition: 'terminal' }]);
    expect(refusals[1]?.message).toBe('the report of j/b/2 answered 403: another worker has it');
    expect(seen).toHaveLength(51);
    const reported = (nodeId: string) => ({
      ...{ job_id: 'j', node_id: nodeId, attempt: 2, attempt_token: `secret-${nodeId}` },
      ...{ callback: 'progress', body: { worker_id: 'w', percentage: 40 } },
    });
    expect(seen.at(-1)).toMatchObject({
      url: 'http://api/workers/w/reports',
      body: { reports: [reported('a'), reported('b')] },
    });
  });
});

describe('the client of a worker', () => {
  it.each(['fixed', ({ nodeId }: { nodeId: string }) => `of-${nodeId}`])(
    'submits what the contract describes',
    async (attemptToken) => {
      const { seen, fake } = recorder({ status: 202 });
      const client = createTestExecutionClient({
        endpoint: 'http://node:1/',
        dispatchToken: 'd',
        attemptToken,
        fetch: fake,
      });
      await client.submit(request('true'));
      expect(seen[0]).toMatchObject({
        url: 'http://node:1/executions',
        headers: { authorization: 'Bearer d' },
      });
      const body = executionRequest.parse(seen[0]?.body);
      expect(body.attempt_token).toBe(typeof attemptToken === 'string' ? 'fixed' : 'of-a');
    },
  );
});
