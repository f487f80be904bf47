import { attemptCallbackRoute } from '../../../lambdas/attempt-callback/route';
import { registerWorkerRoute } from '../../../lambdas/register-worker/route';
import { apiHandler } from '../../../lambdas/runtime/http';
import { workerHeartbeatRoute } from '../../../lambdas/worker-heartbeat/route';
import { callbackResponse } from '../../../lib/adapters/http/contract';
import { attemptToken, dispatchToken } from '../../../lib/core/access/attempt-token';
import { request } from './request';

const SECRET = 'secret';
const secret = async () => SECRET;
const fleet = { scopes: 'orchestration.worker', subject: 'fleet' };

describe('a callback of an attempt', () => {
  const ref = { jobId: 'j', nodeId: 'a', attempt: 2 };
  const params = (report: string) => ({ jobId: 'j', nodeId: 'a', attempt: '2', report });
  const headers = { 'X-Attempt-Token': attemptToken(SECRET, ref, 'w1') };

  function world() {
    const sendToJob = jest.fn(async () => {});
    const route = attemptCallbackRoute({ queues: { sendToJob }, secret, onAccepted: () => {} });
    return { handler: apiHandler(route), sendToJob };
  }

  it.each([
    ['started', { worker_id: 'w1' }, { type: 'attemptStarted', workerId: 'w1' }],
    [
      'progress',
      { worker_id: 'w1', percentage: 40, message: 'half' },
      { type: 'attemptProgressed', percentage: 40, message: 'half' },
    ],
    [
      'completed',
      { worker_id: 'w1', duration_ms: 5, outputs: { changed: true } },
      { type: 'attemptSucceeded', durationMs: 5, outputs: { changed: true } },
    ],
    [
      'failed',
      { worker_id: 'w1', duration_ms: 5, failure: { kind: 'exit', message: 'exit 1', exitCode: 1 } },
      { type: 'attemptFailed', durationMs: 5, failure: { kind: 'exit', message: 'exit 1', exitCode: 1 } },
    ],
  ])('%s becomes an input of the job', async (report, body, message) => {
    const { handler, sendToJob } = world();
    const answer = await request(handler, { ...fleet, params: params(report), body, headers });
    expect(answer.status).toBe(202);
    expect(callbackResponse.parse(answer.body)).toEqual({ job_id: 'j', node_id: 'a', attempt: 2 });
    expect(sendToJob).toHaveBeenCalledWith(
      'j',
      expect.objectContaining({
        actor: { kind: 'worker', id: 'w1' },
        message: { nodeId: 'a', attempt: 2, ...message },
      }),
    );
  });

  it.each<[string, Record<string, string>, string]>([
    ['no token', {}, 'w1'],
    ['another attempt', { 'X-Attempt-Token': attemptToken(SECRET, { ...ref, attempt: 1 }, 'w1') }, 'w1'],
    ['another worker', headers, 'w2'],
    ['a made-up token', { 'X-Attempt-Token': 'x' }, 'w1'],
  ])('with the token of %s is refused', async (_, given, worker_id) => {
    const { handler, sendToJob } = world();
    const call = { ...fleet, params: params('started'), body: { worker_id }, headers: given };
    const answer = await request(handler, call);
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'ATTEMPT_TOKEN_INVALID' } } });
    expect(sendToJob).not.toHaveBeenCalled();
  });

  it('needs the scope of a worker', async () => {
    const call = { params: params('started'), body: { worker_id: 'w1' }, headers };
    expect(await request(world().handler, call)).toMatchObject({
      status: 403,
      body: { error: { code: 'FORBIDDEN' } },
    });
  });

  it('that is none, or malformed, names what is wrong', async () => {
    const { handler } = world();
    const common = { ...fleet, headers };
    const unknown = await request(handler, {
      ...common,
      params: params('paused'),
      body: { worker_id: 'w1' },
    });
    expect(unknown).toMatchObject({ status: 400, body: { error: { problems: [{ path: 'report' }] } } });
    const body = { worker_id: 'w1', duration_ms: 5, failure: { kind: 'boredom', message: '' } };
    const malformed = await request(handler, { ...common, params: params('failed'), body });
    expect(malformed).toMatchObject({
      status: 400,
      body: { error: { problems: [{ path: 'failure.kind' }] } },
    });
  });

  it('with more outputs than a node may hand on is refused', async () => {
    const body = { worker_id: 'w1', duration_ms: 5, outputs: { log: 'x'.repeat(17 * 1024) } };
    const answer = await request(world().handler, { ...fleet, params: params('completed'), body, headers });
    expect(answer).toMatchObject({ status: 400, body: { error: { problems: [{ path: 'outputs' }] } } });
  });

  it('that says more than it said before gets through, though it is of the same kind', async () => {
    const { handler, sendToJob } = world();
    for (const percentage of [10, 20]) {
      const body = { worker_id: 'w1', percentage };
      await request(handler, { ...fleet, params: params('progress'), body, headers });
    }
    expect(sendToJob).toHaveBeenCalledTimes(2);
  });
});

describe('a worker', () => {
  const body = { worker_id: 'w1', labels: ['linux'], slots: 4, endpoint: 'http://w1:8080' };
  const worker = { workerId: 'w1', labels: ['linux'], slots: 4, endpoint: 'http://w1:8080' };

  it('registers: kept, announced to its pool, given the token of its engine', async () => {
    const register = jest.fn(async () => {});
    const sendToPool = jest.fn(async () => {});
    const deps = {
      workers: { register },
      queues: { sendToPool },
      secret,
      pools: ['default'],
      clock: () => 7,
    };
    const answer = await request(apiHandler(registerWorkerRoute(deps)), { ...fleet, body });
    expect(answer).toMatchObject({
      status: 201,
      body: { worker_id: 'w1', dispatch_token: dispatchToken(SECRET, 'w1'), heartbeat_seconds: 10 },
    });
    expect(register).toHaveBeenCalledWith('default', worker, 7);
    expect(sendToPool).toHaveBeenCalledWith(
      'default',
      expect.objectContaining({ id: 'register/r1', message: { type: 'workerRegistered', worker } }),
    );
  });

  it('registers with the resources that its work shares', async () => {
    const register = jest.fn(async () => {});
    const sendToPool = jest.fn(async () => {});
    const common = { secret, pools: ['default'], clock: () => 7 };
    const handler = apiHandler(
      registerWorkerRoute({ workers: { register }, queues: { sendToPool }, ...common }),
    );
    const resources = { browserLicences: 2 };
    expect((await request(handler, { ...fleet, body: { ...body, resources } })).status).toBe(201);
    expect(register).toHaveBeenCalledWith('default', { ...worker, resources }, 7);
    expect(sendToPool).toHaveBeenCalledWith(
      'default',
      expect.objectContaining({ message: { type: 'workerRegistered', worker: { ...worker, resources } } }),
    );
    const refused = await request(handler, { ...fleet, body: { ...body, resources: { licences: 0 } } });
    expect(refused.status).toBe(400);
  });

  it('is told to register again when it is not known', async () => {
    const heartbeat = jest.fn(async () => false);
    const sendToPool = jest.fn(async () => {});
    const deps = { workers: { heartbeat }, queues: { sendToPool }, clock: () => 7 };
    const handler = apiHandler(workerHeartbeatRoute(deps));
    const beat = { ...fleet, params: { workerId: 'w1' }, body: { running: 1 } };
    expect(await request(handler, beat)).toMatchObject({
      status: 404,
      body: { error: { code: 'WORKER_NOT_FOUND' } },
    });
    heartbeat.mockResolvedValue(true);
    expect((await request(handler, beat)).status).toBe(200);
    expect(heartbeat).toHaveBeenCalledWith('default', 'w1', { at: 7, running: 1, draining: false });
    expect(sendToPool).not.toHaveBeenCalled();
  });

  it('that is drained tells its pool, which gives it nothing new', async () => {
    const heartbeat = jest.fn(async () => true);
    const sendToPool = jest.fn(async () => {});
    const deps = { workers: { heartbeat }, queues: { sendToPool }, clock: () => 7 };
    const beat = { ...fleet, params: { workerId: 'w1' }, body: { running: 1, draining: true, pool: 'gpu' } };
    expect((await request(apiHandler(workerHeartbeatRoute(deps)), beat)).status).toBe(200);
    expect(heartbeat).toHaveBeenCalledWith('gpu', 'w1', { at: 7, running: 1, draining: true });
    expect(sendToPool).toHaveBeenCalledWith(
      'gpu',
      expect.objectContaining({ id: 'drained/r1', message: { type: 'workerDrained', workerId: 'w1' } }),
    );
  });
});
