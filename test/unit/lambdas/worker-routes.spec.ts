import { apiHandler } from '../../../lambdas/runtime/http';
import { routedHandler } from '../../../lambdas/runtime/routed';
import { attemptCallbacks, heartbeat, registerWorker } from '../../../lib/api/workers';
import { callbackResponse } from '../../../lib/contract/executions';
import { attemptToken, dispatchToken } from '../../../lib/core/access/attempt-token';
import { jobAt, poolAt } from '../../../lib/core/messages/address';
import { request } from './request';

const SECRET = 'secret';
const secret = async () => SECRET;
const fleet = { scopes: 'orchestration.worker', subject: 'fleet' };

describe('a callback of an attempt', () => {
  const ref = { jobId: 'j', nodeId: 'a', attempt: 2 };
  const to = (report: string) => ({
    route: `POST /jobs/{jobId}/nodes/{nodeId}/attempts/{attempt}/${report}`,
    params: { jobId: 'j', nodeId: 'a', attempt: '2' },
  });
  const headers = { 'X-Attempt-Token': attemptToken(SECRET, ref, 'w1') };

  function world() {
    const send = jest.fn(async () => {});
    const onAccepted = jest.fn();
    const handler = routedHandler(attemptCallbacks({ streams: { send }, secret, onAccepted }));
    return { handler, send, onAccepted };
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
    const { handler, send, onAccepted } = world();
    const answer = await request(handler, { ...fleet, ...to(report), body, headers });
    expect(answer.status).toBe(202);
    expect(callbackResponse.parse(answer.body)).toEqual({ job_id: 'j', node_id: 'a', attempt: 2 });
    expect(send).toHaveBeenCalledWith(
      { to: jobAt('j'), message: { nodeId: 'a', attempt: 2, ...message } },
      {
        id: `callback/j/a/2/${report}`,
        actor: { kind: 'worker', id: 'w1' },
        traceId: answer.headers['X-Trace-Id'],
      },
    );
    expect(onAccepted).toHaveBeenCalledTimes(1);
  });

  it.each<[string, Record<string, string>, string]>([
    ['no token', {}, 'w1'],
    ['another attempt', { 'X-Attempt-Token': attemptToken(SECRET, { ...ref, attempt: 1 }, 'w1') }, 'w1'],
    ['another worker', headers, 'w2'],
    ['a made-up token', { 'X-Attempt-Token': 'x' }, 'w1'],
  ])('with the token of %s is refused', async (_, given, worker_id) => {
    const { handler, send } = world();
    const call = { ...fleet, ...to('started'), body: { worker_id }, headers: given };
    const answer = await request(handler, call);
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'ATTEMPT_TOKEN_INVALID' } } });
    expect(send).not.toHaveBeenCalled();
  });

  it('needs the scope of a worker', async () => {
    const call = { ...to('started'), body: { worker_id: 'w1' }, headers };
    expect(await request(world().handler, call)).toMatchObject({
      status: 403,
      body: { error: { code: 'FORBIDDEN' } },
    });
  });

  it('that is none, or malformed, names what is wrong', async () => {
    const { handler } = world();
    const common = { ...fleet, headers };
    const unknown = request(handler, { ...common, ...to('paused'), body: { worker_id: 'w1' } });
    await expect(unknown).rejects.toThrow(`no route ${to('paused').route} in this function`);
    const body = { worker_id: 'w1', duration_ms: 5, failure: { kind: 'boredom', message: '' } };
    const malformed = await request(handler, { ...common, ...to('failed'), body });
    expect(malformed).toMatchObject({
      status: 400,
      body: { error: { problems: [{ path: 'failure.kind' }] } },
    });
  });

  it('with more outputs than a node may hand on is refused', async () => {
    const body = { worker_id: 'w1', duration_ms: 5, outputs: { log: 'x'.repeat(17 * 1024) } };
    const answer = await request(world().handler, { ...fleet, ...to('completed'), body, headers });
    expect(answer).toMatchObject({ status: 400, body: { error: { problems: [{ path: 'outputs' }] } } });
  });

  it('that says more than it said before gets through, though it is of the same kind', async () => {
    const { handler, send } = world();
    for (const percentage of [10, 20]) {
      const body = { worker_id: 'w1', percentage };
      await request(handler, { ...fleet, ...to('progress'), body, headers });
    }
    expect(send).toHaveBeenCalledTimes(2);
  });
});

describe('a worker', () => {
  const body = { worker_id: 'w1', labels: ['linux'], slots: 4, endpoint: 'http://w1:8080' };
  const worker = { workerId: 'w1', labels: ['linux'], slots: 4, endpoint: 'http://w1:8080' };

  it('registers: kept, announced to its pool, given the token of its engine', async () => {
    const register = jest.fn(async () => {});
    const send = jest.fn(async () => {});
    const deps = {
      workers: { register },
      streams: { send },
      secret,
      pools: ['default'],
      clock: () => 7,
    };
    const answer = await request(apiHandler(registerWorker(deps)), { ...fleet, body });
    expect(answer).toMatchObject({
      status: 201,
      body: { worker_id: 'w1', dispatch_token: dispatchToken(SECRET, 'w1'), heartbeat_seconds: 10 },
    });
    expect(register).toHaveBeenCalledWith('default', worker, 7);
    expect(send).toHaveBeenCalledWith(
      { to: poolAt('default'), message: { type: 'workerRegistered', worker } },
      expect.objectContaining({ id: 'register/r1', actor: { kind: 'worker', id: 'w1' } }),
    );
  });

  it('registers with the resources that its work shares', async () => {
    const register = jest.fn(async () => {});
    const send = jest.fn(async () => {});
    const common = { secret, pools: ['default'], clock: () => 7 };
    const handler = apiHandler(registerWorker({ workers: { register }, streams: { send }, ...common }));
    const resources = { browserLicences: 2 };
    expect((await request(handler, { ...fleet, body: { ...body, resources } })).status).toBe(201);
    expect(register).toHaveBeenCalledWith('default', { ...worker, resources }, 7);
    expect(send).toHaveBeenCalledWith(
      { to: poolAt('default'), message: { type: 'workerRegistered', worker: { ...worker, resources } } },
      expect.anything(),
    );
    const refused = await request(handler, { ...fleet, body: { ...body, resources: { licences: 0 } } });
    expect(refused.status).toBe(400);
  });

  it('is told to register again when it is not known', async () => {
    const beaten = jest.fn(async () => false);
    const send = jest.fn(async () => {});
    const deps = { workers: { heartbeat: beaten }, streams: { send }, clock: () => 7 };
    const handler = apiHandler(heartbeat(deps));
    const beat = { ...fleet, params: { workerId: 'w1' }, body: { running: 1 } };
    expect(await request(handler, beat)).toMatchObject({
      status: 404,
      body: { error: { code: 'WORKER_NOT_FOUND' } },
    });
    beaten.mockResolvedValue(true);
    expect((await request(handler, beat)).status).toBe(200);
    expect(beaten).toHaveBeenCalledWith('default', 'w1', { at: 7, running: 1, draining: false });
    expect(send).not.toHaveBeenCalled();
  });

  it('that is drained tells its pool, which gives it nothing new', async () => {
    const beaten = jest.fn(async () => true);
    const send = jest.fn(async () => {});
    const deps = { workers: { heartbeat: beaten }, streams: { send }, clock: () => 7 };
    const beat = { ...fleet, params: { workerId: 'w1' }, body: { running: 1, draining: true, pool: 'gpu' } };
    expect((await request(apiHandler(heartbeat(deps)), beat)).status).toBe(200);
    expect(beaten).toHaveBeenCalledWith('gpu', 'w1', { at: 7, running: 1, draining: true });
    expect(send).toHaveBeenCalledWith(
      { to: poolAt('gpu'), message: { type: 'workerDrained', workerId: 'w1' } },
      expect.objectContaining({ id: 'drained/r1', actor: { kind: 'worker', id: 'w1' } }),
    );
  });
});
