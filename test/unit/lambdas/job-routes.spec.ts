import { cancelJobRoute } from '../../../lambdas/cancel-job/route';
import { getJobRoute } from '../../../lambdas/get-job/route';
import { getJobEventsRoute } from '../../../lambdas/get-job-events/route';
import { listJobsRoute } from '../../../lambdas/list-jobs/route';
import { apiHandler } from '../../../lambdas/shared/http';
import {
  cancelJobResponse,
  jobEventsResponse,
  jobView,
  listJobsResponse,
} from '../../../lib/adapters/http/contract';
import { graph, node } from '../../support/job-driver';
import { MemoryCloud } from './memory-cloud';
import { request } from './request';

const params = { jobId: 'j' };
const listed = {
  jobId: 'j',
  owner: 'ana',
  name: 'test',
  status: 'running',
  priority: 'normal' as const,
  submittedAt: 1_700_000_000_000,
};
const jobs = { get: async () => listed };

async function finished() {
  const cloud = new MemoryCloud({ graph: graph([node('a'), node('b', { needs: ['a'] })]), fastPath: true });
  await cloud.submit(2);
  await cloud.run();
  return cloud;
}

describe('GET /jobs/{jobId}', () => {
  it('shows the job in the shape of the contract', async () => {
    const answer = await request(apiHandler(getJobRoute((await finished()).jobs)), { params });
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

  it('shows it to its owner and to an administrator only', async () => {
    const handler = apiHandler(getJobRoute((await finished()).jobs));
    const bob = { params, subject: 'bob' };
    expect((await request(handler, bob)).status).toBe(403);
    expect((await request(handler, { ...bob, scopes: 'orchestration.admin' })).status).toBe(200);
    expect((await request(handler, { params, scopes: 'orchestration.worker' })).status).toBe(403);
  });

  it('does not know a job that was never submitted, nor an id that cannot be one', async () => {
    const handler = apiHandler(getJobRoute((await finished()).jobs));
    expect(await request(handler, { params: { jobId: 'x' } })).toMatchObject({
      status: 404,
      body: { error: { code: 'JOB_NOT_FOUND' } },
    });
    expect((await request(handler, { params: { jobId: 'a/b' } })).status).toBe(400);
  });
});

describe('GET /jobs/{jobId}/events', () => {
  it('gives the journal page by page', async () => {
    const cloud = await finished();
    const handler = apiHandler(getJobEventsRoute({ jobs, journal: cloud.journal }));
    const first = await request(handler, { params, query: { limit: '3' } });
    expect(first.body.events.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2, 3]);
    expect(jobEventsResponse.parse(first.body).next_from).toBe(4);
    const rest = await request(handler, { params, query: { from: '4', limit: '1000' } });
    expect(rest.body.next_from).toBeUndefined();
    expect([...first.body.events, ...rest.body.events]).toEqual(cloud.journal.streams.get('job/j'));
  });

  it('is for the owner, and takes whole numbers', async () => {
    const handler = apiHandler(getJobEventsRoute({ jobs, journal: (await finished()).journal }));
    expect((await request(handler, { params, subject: 'bob' })).status).toBe(403);
    const answer = await request(handler, { params, query: { from: 'x' } });
    expect(answer).toMatchObject({ status: 400, body: { error: { problems: [{ path: 'from' }] } } });
  });
});

describe('GET /jobs', () => {
  it('lists the jobs of the caller, whatever else was asked for', async () => {
    const list = jest.fn(async () => ({ jobs: [listed], cursor: 'next' }));
    const handler = apiHandler(listJobsRoute({ list }));
    const answer = await request(handler, { query: { status: 'running', limit: '5', owner: 'bob' } });
    expect(list).toHaveBeenCalledWith({ owner: 'ana', status: 'running', limit: 5, cursor: undefined });
    const { jobId: job_id, submittedAt: _, ...rest } = listed;
    expect(listJobsResponse.parse(answer.body)).toEqual({
      jobs: [{ job_id, ...rest, submitted_at: '2023-11-14T22:13:20.000Z' }],
      next_cursor: 'next',
    });
    expect((await request(handler, { query: { limit: '101' } })).status).toBe(400);
  });
});

describe('POST /jobs/{jobId}/cancel', () => {
  it('asks the job to end, also without a body', async () => {
    const sendToJob = jest.fn(async () => {});
    const handler = apiHandler(cancelJobRoute({ jobs, queues: { sendToJob } }));
    const answer = await request(handler, { params, headers: { 'X-Correlation-Id': 'c1' } });
    expect(answer).toMatchObject({ status: 202, headers: { 'X-Trace-Id': 'c1' } });
    expect(cancelJobResponse.parse(answer.body)).toEqual({ job_id: 'j', status: 'running' });
    expect(sendToJob).toHaveBeenCalledWith('j', {
      id: 'cancel/r1',
      actor: { kind: 'user', id: 'ana' },
      message: { type: 'cancel', reason: 'cancelled by request' },
      traceId: 'c1',
    });
  });

  it('is refused to others', async () => {
    const sendToJob = jest.fn(async () => {});
    const handler = apiHandler(cancelJobRoute({ jobs, queues: { sendToJob } }));
    expect((await request(handler, { params, subject: 'bob', body: { reason: 'no' } })).status).toBe(403);
    expect(sendToJob).not.toHaveBeenCalled();
  });
});
