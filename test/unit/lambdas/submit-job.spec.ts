import { apiHandler } from '../../../lambdas/runtime/http';
import { admission } from '../../../lambdas/shared/admission';
import { memoryConditions } from '../../../lib/adapters/memory/conditions';
import {
  createMemoryJournalStore,
  type MemoryJournalStore,
} from '../../../lib/adapters/memory/journal-store';
import { ownedGraphs } from '../../../lib/api/owned-graphs';
import { submit } from '../../../lib/api/submit';
import { type SubmitJobDeps, submitJob } from '../../../lib/api/submit-job';
import { problemDetails } from '../../../lib/contract/errors';
import { submitJobResponse } from '../../../lib/contract/jobs';
import type { Graph } from '../../../lib/core/dag/graph';
import { askerOf } from '../../../lib/core/engine/asker';
import { createEngine } from '../../../lib/core/engine/engine';
import { createKinds } from '../../../lib/core/engine/kinds';
import { RepriseError } from '../../../lib/core/errors';
import { EMPTY_HEAD } from '../../../lib/core/journal/envelope';
import type { PublicEvent } from '../../../lib/core/messages/public-event';
import { expectDescribed } from '../../support/described';
import { memoryOwners } from './owners';
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
  const journal = createMemoryJournalStore();
  const perform = jest.fn(async () => {});
  const want = jest.fn(async () => {});
  const random = () => 0.5;
  const engine = createEngine(
    { journal, random, clock: () => 1_000, perform },
    createKinds({ conditions: memoryConditions, journal, graphs, random }),
  );
  let ids = 0;
  let now = 1_000;
  const handler = apiHandler(
    submitJob({
      graphs: ownedGraphs({ graphs, owners: memoryOwners(), take: async () => {}, clock: () => 1 }),
      requests: { want },
      newJobId: () => `job${++ids}`,
      pools: ['default', 'gpu'],
      admission: async () => undefined,
      isKnown: async (jobId) => journal.streams.has(`job/${jobId}`),
      clock: () => now,
      submit: ({ jobId, submission, origin }) => submit(askerOf(engine), jobId, submission, origin),
      ...overrides,
    }),
  );
  const advance = (ms: number) => {
    now += ms;
  };
  return { handler, journal, stored, perform, want, advance };
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
    const error = problemDetails.parse(answer.body);
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
    const paths = (answer.body.problems as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['execution_graph.nodes[0].needs[0]', 'execution_graph.nodes[1].runs']),
    );
    expect(stored.size).toBe(0);
  });

  it('shows the whole path of a cycle', async () => {
    const nodes = ['a', 'b', 'c'].map((id, i) => ({ id, run: id, needs: [['c', 'a', 'b'][i]] }));
    const answer = await request(world().handler, { body: { execution_graph: { name: 'loop', nodes } } });
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('GRAPH_CYCLE');
    expect(answer.body.detail).toMatch(/a -> c -> b -> a|b -> a -> c -> b|c -> b -> a -> c/);
  });

  it('refuses a pool that does not exist, where the job would wait for ever', async () => {
    const answer = await request(world().handler, { body: { execution_graph: shop, pool: 'none' } });
    expect(answer).toMatchObject({ status: 400, body: { problems: [{ path: 'pool' }] } });
  });

  it('takes a graph whose ids the generic machine cannot take in: it waits for its own', async () => {
    const nodes = Array.from({ length: 4_200 }, (_, i) => ({
      id: `${'x'.repeat(58)}${10_000 + i}`,
      run: 'x',
    }));
    const { handler, want } = world();
    const answer = await request(handler, { body: { execution_graph: { name: 'wide', nodes } } });
    expect(answer.status).toBe(202);
    expect(want).toHaveBeenCalledWith(answer.body.graph_hash, 'ana');
  });

  it('runs a graph that was stored before by its hash, and answers as if it had come along', async () => {
    const { handler, want } = world();
    const first = await request(handler, { body: { execution_graph: shop } });
    const { graph_hash } = first.body;
    const again = await request(handler, { body: { graph_hash }, requestId: 'r2' });
    expect(again).toMatchObject({ status: 202, body: { job_id: 'job2', graph_hash, nodes: 2 } });
    expect(want.mock.calls).toEqual([
      [graph_hash, 'ana'],
      [graph_hash, 'ana'],
    ]);
  });

  it('does not know the graph of another owner by its hash, until they bring it themselves', async () => {
    const { handler, stored } = world();
    const { graph_hash } = (await request(handler, { body: { execution_graph: shop } })).body;
    const unknown = graph_hash.replace(/./g, '0');
    const foreign = await request(handler, { body: { graph_hash }, subject: 'bob' });
    const nobodys = await request(handler, { body: { graph_hash: unknown }, subject: 'bob' });
    expect(foreign.status).toBe(404);
    expect(foreign.body.detail.replace(graph_hash, unknown)).toBe(nobodys.body.detail);
    expect(
      (await request(handler, { body: { graph_hash }, subject: 'root', scopes: 'orchestration.admin' }))
        .status,
    ).toBe(202);
    expect((await request(handler, { body: { execution_graph: shop }, subject: 'bob' })).status).toBe(202);
    expect((await request(handler, { body: { graph_hash }, subject: 'bob' })).status).toBe(202);
    expect(stored.size).toBe(1);
  });

  it('of the class critical needs the scope for it', async () => {
    const { handler, journal } = world();
    const body = { execution_graph: shop, priority: 'critical' };
    expect(await request(handler, { body })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN', detail: expect.stringContaining('orchestration.priority') },
    });
    expect(journal.streams.size).toBe(0);
    const scopes = 'orchestration.jobs orchestration.priority';
    expect((await request(handler, { body, scopes })).status).toBe(202);
  });

  it('does not know a hash that nobody stored', async () => {
    const answer = await request(world().handler, { body: { graph_hash: 'ab'.repeat(32) } });
    expect(answer).toMatchObject({ status: 404, body: { code: 'GRAPH_NOT_FOUND' } });
  });

  it.each([
    ['both', { execution_graph: shop, graph_hash: 'ab'.repeat(32) }, 'execution_graph'],
    ['neither', {}, 'execution_graph'],
    ['no hash', { graph_hash: 'shop' }, 'graph_hash'],
  ])('refuses a submission with %s', async (_, body, path) => {
    const answer = await request(world().handler, { body });
    expect(answer).toMatchObject({ status: 400, body: { problems: [{ path }] } });
  });

  it.each<[string, RequestOptions, number, string]>([
    ['no JSON', { text: '{"execution_graph":' }, 400, 'INPUT_INVALID'],
    [
      'of another type',
      { text: 'name: shop', headers: { 'Content-Type': 'text/yaml' } },
      ...([415, 'MEDIA_TYPE_UNSUPPORTED'] as const),
    ],
    ['missing', {}, 400, 'INPUT_INVALID'],
  ])('refuses a body that is %s', async (_, options, status, code) => {
    const answer = await request(world().handler, options);
    expect(answer.status).toBe(status);
    expect(problemDetails.parse(answer.body).code).toBe(code);
  });

  it('refuses a caller without the scope, and one that is nobody', async () => {
    const { handler, journal } = world();
    const body = { execution_graph: shop };
    expect(await request(handler, { body, scopes: 'orchestration.worker' })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
    expect(await request(handler, { body, subject: '' })).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHENTICATED' },
    });
    expect(await request(handler, { body, subject: 'x'.repeat(301) })).toMatchObject({ status: 401 });
    expect(journal.streams.size).toBe(0);
  });

  it('tells nothing of a fault on our side', async () => {
    const fail = async () => Promise.reject(new TypeError('secret stack'));
    const answer = await request(world({ submit: fail }).handler, { body: { execution_graph: shop } });
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    expect(problemDetails.parse(answer.body).trace_id).not.toBe('');
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
    expect(answer).toMatchObject({ status: 409, body: { code: 'JOB_EXISTS' } });
    const urgent = await request(handler, { body: { execution_graph: shop, priority: 'high' }, headers });
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

describe('POST /jobs with a deadline', () => {
  const deadlines = ({ streams }: MemoryJournalStore) =>
    [...streams.values()].flat().map(({ data }) => (data as { deadlineAt?: number }).deadlineAt);

  it.each([
    ['30m', 1_000 + 1_800_000],
    ['90', 1_000 + 90_000],
    [90, 1_000 + 90_000],
  ])('of %p counts from the submission', async (deadline, deadlineAt) => {
    const { handler, journal } = world();
    const answer = await request(handler, { body: { execution_graph: shop, deadline } });
    expect(answer.status).toBe(202);
    expect(deadlines(journal)).toEqual([deadlineAt]);
  });

  it.each(['soon', 0, -1, '9000h', ''])('of %p is refused', async (deadline) => {
    const answer = await request(world().handler, { body: { execution_graph: shop, deadline } });
    expect(answer).toMatchObject({ status: 400, body: { problems: [{ path: 'deadline' }] } });
  });

  it('keeps the first one when it is repeated under its key', async () => {
    const { handler, journal, advance } = world();
    const headers = { 'Idempotency-Key': 'nightly' };
    const body = { execution_graph: shop, deadline: '1m' };
    await request(handler, { body, headers });
    advance(50_000);
    const again = await request(handler, { body, headers, requestId: 'r2' });
    expect(again.status).toBe(202);
    expect(deadlines(journal)).toEqual([61_000]);
  });
});

describe('POST /jobs to a queue that takes no more', () => {
  const body = { execution_graph: shop };

  function full(queue: { status?: 'open' | 'draining'; waiting?: number } = {}, ofOwner = 0) {
    let announcedAt = Number.NEGATIVE_INFINITY;
    let now = 1_000;
    const publish = jest.fn(async (event: PublicEvent) => expectDescribed(event));
    const onUnannounced = jest.fn();
    const queues = {
      get: async () => ({ status: 'open' as const, waiting: 3, running: 5, ...queue }),
      mayAnnounce: async (_pool: string, at: number, quietMs: number) => {
        if (at - announcedAt < quietMs) return false;
        announcedAt = at;
        return true;
      },
    };
    const clock = () => now;
    const deps = {
      ...{ queues, publisher: { publish }, maxWaitingJobs: 3, clock, onUnannounced },
      ...{ jobs: { count: async () => ofOwner }, maxWaitingOfOwner: 2 },
    };
    const pass = (ms: number) => {
      now += ms;
    };
    return { ...world({ admission: admission(deps) }), publish, onUnannounced, pass };
  }

  it('is answered 429 with the time to wait, and nothing is kept', async () => {
    const { handler, journal, stored } = full();
    const answer = await request(handler, { body });
    expect(answer).toMatchObject({
      status: 429,
      headers: { 'Retry-After': '10' },
      body: { code: 'QUEUE_FULL', detail: expect.stringContaining('3 jobs wait') },
    });
    expect([journal.streams.size, stored.size]).toEqual([0, 0]);
  });

  it('is refused while the queue is drained, however few wait', async () => {
    const { handler } = full({ status: 'draining', waiting: 0 });
    expect(await request(handler, { body })).toMatchObject({
      status: 429,
      body: { detail: expect.stringContaining('drained') },
    });
  });

  it('is taken below the bound', async () => {
    expect((await request(full({ waiting: 2 }).handler, { body })).status).toBe(202);
  });

  it('is refused to an owner who has as many waiting as may be, while others go on', async () => {
    const answer = await request(full({ waiting: 2 }, 2).handler, { body });
    expect(answer).toMatchObject({
      status: 429,
      headers: { 'Retry-After': '10' },
      body: { code: 'QUOTA_EXCEEDED', detail: expect.stringContaining('ana') },
    });
    expect((await request(full({ waiting: 2 }, 1).handler, { body })).status).toBe(202);
  });

  it('is announced once a minute', async () => {
    const { handler, publish, pass } = full();
    for (const ms of [0, 30_000, 29_999, 1]) {
      pass(ms);
      await request(handler, { body });
    }
    const detail = { pool: 'default', status: 'open', waiting: 3, running: 5, maxWaitingJobs: 3 };
    expect(publish.mock.calls).toEqual(
      [1_000, 61_000].map((at) => [
        { id: `pool/default/overload/${at}`, type: 'orchestration.system.overload', at, detail },
      ]),
    );
  });

  it('is answered the same when it cannot be announced', async () => {
    const { handler, publish, onUnannounced } = full();
    publish.mockRejectedValue(new Error('denied'));
    expect((await request(handler, { body })).status).toBe(429);
    expect(onUnannounced).toHaveBeenCalledTimes(1);
  });

  it('answers the repeat of a job that was taken before', async () => {
    const headers = { 'Idempotency-Key': 'nightly' };
    const { journal, handler } = full();
    expect((await request(handler, { body, headers })).status).toBe(429);
    const open = world();
    const first = await request(open.handler, { body, headers });
    for (const [name, events] of open.journal.streams) await journal.append(name, EMPTY_HEAD, events);
    const again = await request(handler, { body, headers });
    expect([again.status, again.body.job_id]).toEqual([202, first.body.job_id]);
  });
});
