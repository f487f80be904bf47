import { apiHandler } from '../../../lambdas/runtime/http';
import { getJob } from '../../../lib/api/get-job';
import { getJobEvents } from '../../../lib/api/get-job-events';
import { listJobs } from '../../../lib/api/list-jobs';
import { jobEventsResponse, jobView, listJobsResponse } from '../../../lib/contract/jobs';
import { askerOf } from '../../../lib/core/engine/asker';
import { dependencyAt, jobAt } from '../../../lib/core/messages/address';
import type { JobMessage } from '../../../lib/core/messages/job';
import { graph, node } from '../../support/job-driver';
import { LISTED } from './listed-job';
import { MemoryCloud } from './memory-cloud';
import { request } from './request';

const params = { jobId: 'j' };
const jobs = { get: async () => LISTED };

async function finished() {
  const cloud = new MemoryCloud({ graph: graph([node('a'), node('b', { needs: ['a'] })]), fastPath: true });
  await cloud.submit(2);
  await cloud.run();
  return cloud;
}

const handlerOf = ({ engine, clock }: MemoryCloud, slots = 2) =>
  apiHandler(getJob({ view: askerOf(engine).view, slotsOf: async () => slots, clock }));

describe('a job whose nodes do not fit one answer', () => {
  const text = 'x'.repeat(16_000);
  /** 600 nodes that have handed on some 16 KB each: about 9.6 MB. */
  async function large() {
    const nodes = Array.from({ length: 600 }, (_, i) => node(`n${i}`));
    const cloud = new MemoryCloud({ graph: graph(nodes), fastPath: true });
    await cloud.submit(2);
    const tell = (messages: JobMessage[]) =>
      cloud.engine.handle(
        jobAt('j'),
        messages.map((message, i) => ({ id: `m${i}`, actor: { kind: 'engine', id: 'test' }, message })),
      );
    await tell([{ type: 'admit' }, { type: 'allEntered', token: 't' }]);
    const done = { attempt: 1, durationMs: 1, outputs: { text }, workerId: 'w' };
    await tell(nodes.map(({ id: nodeId }) => ({ type: 'attemptSucceeded', nodeId, ...done })));
    return { handler: handlerOf(cloud), ids: nodes.map(({ id }) => id) };
  }

  it('is shown in pages that each fit the 6 MB of an answer, every node once and in order', async () => {
    const { handler, ids } = await large();
    const shown: string[] = [];
    for (let query: Record<string, string> | undefined = {}; query; ) {
      const { body } = await request(handler, { params, query });
      const view = jobView.parse(body);
      expect(Buffer.byteLength(JSON.stringify(JSON.stringify(view)))).toBeLessThan(6_000_000);
      shown.push(...Object.keys(view.nodes));
      query = view.next_nodes === undefined ? undefined : { nodes_from: view.next_nodes };
    }
    expect(shown).toEqual(ids);
  });

  it('has no page that begins with a node of another job', async () => {
    const answer = await request(handlerOf(await finished()), { params, query: { nodes_from: 'stranger' } });
    expect(answer).toMatchObject({ status: 400, body: { problems: [{ path: 'nodes_from' }] } });
  });
});

describe('GET /jobs/{jobId}', () => {
  it('shows the job in the shape of the contract', async () => {
    const answer = await request(handlerOf(await finished()), { params });
    expect(answer.status).toBe(200);
    expect(jobView.parse(answer.body)).toMatchObject({
      job_id: 'j',
      status: 'succeeded',
      owner: 'ana',
      progress_percentage: 100,
      current_nodes: [],
      nodes: { a: { status: 'succeeded', attempts: 1, worker_id: 'w1' }, b: { status: 'succeeded' } },
    });
  });

  describe('of a job that runs', () => {
    const hour = 3_600_000;
    const tell = async (cloud: MemoryCloud, ...messages: JobMessage[]) => {
      const actor = { kind: 'user', id: 'ana' } as const;
      const envelopes = messages.map((message, i) => ({ id: `m${i}`, actor, message }));
      await cloud.engine.handle(jobAt('j'), envelopes);
    };

    async function running(extra: { deadlineAt?: number } = {}) {
      const nodes = [
        node('a', { durationMs: 60_000, slots: 2 }),
        node('b', { durationMs: 60_000, needs: ['a'] }),
      ];
      const cloud = new MemoryCloud({ graph: graph(nodes), fastPath: true });
      const submission = { graphHash: 'h', owner: 'ana', priority: 'low', pool: 'default' } as const;
      await tell(
        cloud,
        { type: 'submit', ...submission, ...extra },
        { type: 'admit' },
        { type: 'nodeEntered', nodeId: 'a' },
        { type: 'attemptStarted', nodeId: 'a', attempt: 1, workerId: 'w1' },
      );
      return cloud;
    }

    it('says what runs, what it takes of the pool, and when it should be over', async () => {
      const cloud = await running({ deadlineAt: 1_700_000_000_000 + hour });
      cloud.now += 30_000;
      const { body } = await request(handlerOf(cloud, 8), { params });
      expect(jobView.parse(body)).toMatchObject({
        status: 'running',
        paused: false,
        current_nodes: ['a'],
        // 30 s on two slots of 120 + 60 slot-seconds.
        progress_percentage: 33.3,
        estimated_completion: new Date(cloud.now + 90_000).toISOString(),
        deadline: new Date(1_700_000_000_000 + hour).toISOString(),
        resource_utilization: { slots_in_use: 2, slots_of_pool: 8 },
      });
    });

    it('says that it is paused, and how urgent it has become', async () => {
      const cloud = await running();
      await tell(cloud, { type: 'pause', reason: 'wait' }, { type: 'reprioritise', priority: 'critical' });
      const { body } = await request(handlerOf(cloud), { params });
      expect(jobView.parse(body)).toMatchObject({ paused: true, priority: 'critical' });
      expect(body.deadline).toBeUndefined();
    });

    it('says of what is ready which dependency it waits for', async () => {
      const nodes = [node('a', { dependencies: ['payments'] }), node('b')];
      const cloud = new MemoryCloud({ graph: graph(nodes), fastPath: true });
      const actor = { kind: 'user', id: 'ana' } as const;
      const forced = { type: 'forced', status: 'open', by: 'ana', reason: 'r' } as const;
      await cloud.engine.handle(dependencyAt('payments'), [{ id: 'f', actor, message: forced }]);
      await cloud.submit(2);
      await cloud.run();
      const { body } = await request(handlerOf(cloud), { params });
      expect(jobView.parse(body).nodes).toMatchObject({
        a: { status: 'ready', waits_for: 'payments', attempts: 1 },
        b: { status: 'succeeded' },
      });
      expect(body.nodes.b.waits_for).toBeUndefined();
      const reset = { type: 'reset', by: 'ana', reason: 'r' } as const;
      await cloud.engine.handle(dependencyAt('payments'), [{ id: 'r', actor, message: reset }]);
      await cloud.run();
      const after = (await request(handlerOf(cloud), { params })).body;
      expect([after.status, after.nodes.a.attempts]).toEqual(['succeeded', 1]);
    });

    it('estimates with one slot where the pool has none', async () => {
      const { body } = await request(handlerOf(await running(), 0), { params });
      expect(Date.parse(body.estimated_completion)).toBe(1_700_000_000_000 + 180_000);
      expect(body.resource_utilization.slots_of_pool).toBe(0);
    });
  });

  it('shows it to its owner and to an administrator only', async () => {
    const handler = handlerOf(await finished());
    const bob = { params, subject: 'bob' };
    expect((await request(handler, bob)).status).toBe(404);
    expect((await request(handler, { ...bob, scopes: 'orchestration.admin' })).status).toBe(200);
    expect((await request(handler, { params, scopes: 'orchestration.worker' })).status).toBe(403);
  });

  it('does not know a job that was never submitted, nor an id that cannot be one', async () => {
    const handler = handlerOf(await finished());
    expect(await request(handler, { params: { jobId: 'x' } })).toMatchObject({
      status: 404,
      body: { code: 'JOB_NOT_FOUND' },
    });
    expect((await request(handler, { params: { jobId: 'a/b' } })).status).toBe(400);
  });
});

describe('GET /jobs/{jobId}/events', () => {
  it('gives the journal page by page', async () => {
    const cloud = await finished();
    const handler = apiHandler(getJobEvents({ jobs, journal: cloud.journal }));
    const first = await request(handler, { params, query: { limit: '3' } });
    expect(first.body.events.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2, 3]);
    expect(jobEventsResponse.parse(first.body).next_from).toBe(4);
    const rest = await request(handler, { params, query: { from: '4', limit: '1000' } });
    expect(rest.body.next_from).toBeUndefined();
    expect([...first.body.events, ...rest.body.events]).toEqual(cloud.journal.streams.get('job/j'));
  });

  it('is for the owner, and takes whole numbers', async () => {
    const handler = apiHandler(getJobEvents({ jobs, journal: (await finished()).journal }));
    expect((await request(handler, { params, subject: 'bob' })).status).toBe(404);
    const answer = await request(handler, { params, query: { from: 'x' } });
    expect(answer).toMatchObject({ status: 400, body: { problems: [{ path: 'from' }] } });
  });
});

describe('GET /jobs', () => {
  it('lists the jobs of the caller; those of another owner to an administrator only', async () => {
    const list = jest.fn(async () => ({ jobs: [LISTED], cursor: 'next' }));
    const handler = apiHandler(listJobs({ list }));
    const answer = await request(handler, { query: { status: 'running', limit: '5' } });
    expect(list).toHaveBeenCalledWith({
      ...{ owner: 'ana', status: 'running', limit: 5, cursor: undefined, oldestFirst: false },
    });
    const { jobId: job_id, submittedAt: _, ...rest } = LISTED;
    expect(listJobsResponse.parse(answer.body)).toEqual({
      jobs: [{ job_id, ...rest, submitted_at: '2023-11-14T22:13:20.000Z' }],
      next_cursor: expect.stringMatching(/^[\w-]{8}\.[\w-]{8}\.next$/),
    });
    expect((await request(handler, { query: { limit: '101' } })).status).toBe(400);
    const ofBob = { query: { owner: 'bob' } };
    expect(await request(handler, ofBob)).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
    expect(list).toHaveBeenCalledTimes(1);
    expect((await request(handler, { ...ofBob, scopes: 'orchestration.admin' })).status).toBe(200);
    expect(list).toHaveBeenLastCalledWith({ owner: 'bob', limit: 20, oldestFirst: false });
  });
});
