import { apiHandler } from '../../../lambdas/runtime/http';
import { routedHandler } from '../../../lambdas/runtime/routed';
import { attemptCallbacks, heartbeat, registerWorker } from '../../../lib/api/workers';
import { callbackResponse, reportsResponse } from '../../../lib/contract/executions';
import { attemptToken, dispatchToken } from '../../../lib/core/access/attempt-token';
import { RepriseError } from '../../../lib/core/errors';
import { LIMITS } from '../../../lib/core/limits';
import { jobAt, poolAt } from '../../../lib/core/messages/address';
import type { Registered, RegisteredWorker } from '../../../lib/core/ports/registries';
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

  const tests = {
    ...{ counts: { passed: 1, failed: 1, skipped: 0, unfinished: 0, flaky: 0 }, unlisted: 0, problems: [] },
    failed: [
      { runner: 'jest', file: 'a.test.js', suites: ['cart'], title: 'adds', occurrence: 2, address: 'a' },
    ],
    rerun: { asked: 2, scope: 'files', why: 'by name' },
  };

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
      { type: 'attemptSucceeded', workerId: 'w1', durationMs: 5, outputs: { changed: true } },
    ],
    [
      'failed',
      { worker_id: 'w1', duration_ms: 5, failure: { kind: 'exit', message: 'exit 1', exitCode: 1 } },
      {
        ...{ type: 'attemptFailed', workerId: 'w1', durationMs: 5 },
        failure: { kind: 'exit', message: 'exit 1', exitCode: 1 },
      },
    ],
    [
      'completed',
      { worker_id: 'w1', duration_ms: 5, outputs: {}, tests },
      { type: 'attemptSucceeded', workerId: 'w1', durationMs: 5, outputs: {}, tests },
    ],
    [
      'failed',
      { worker_id: 'w1', duration_ms: 5, failure: { kind: 'exit', message: 'exit 1' }, tests },
      {
        type: 'attemptFailed',
        workerId: 'w1',
        durationMs: 5,
        failure: { kind: 'exit', message: 'exit 1' },
        tests,
      },
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
    ['a made-up registration', { 'X-Attempt-Token': `r-1.${headers['X-Attempt-Token']}` }, 'w1'],
  ])('with the token of %s is refused', async (_, given, worker_id) => {
    const { handler, send } = world();
    const call = { ...fleet, ...to('started'), body: { worker_id }, headers: given };
    const answer = await request(handler, call);
    expect(answer).toMatchObject({ status: 403, body: { code: 'ATTEMPT_TOKEN_INVALID' } });
    expect(send).not.toHaveBeenCalled();
  });

  it('is taken from the process that the attempt was handed to, though it has registered anew since', async () => {
    const { handler, send } = world();
    const token = { 'X-Attempt-Token': attemptToken(SECRET, ref, 'w1', 'r-1') };
    const call = { ...fleet, ...to('started'), body: { worker_id: 'w1' }, headers: token };
    expect((await request(handler, call)).status).toBe(202);
    const other = { 'X-Attempt-Token': token['X-Attempt-Token'].replace('r-1', 'r-2') };
    expect((await request(handler, { ...call, headers: other })).status).toBe(403);
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('needs the scope of a worker', async () => {
    const call = { ...to('started'), body: { worker_id: 'w1' }, headers };
    expect(await request(world().handler, call)).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN' },
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
      body: { problems: [{ path: 'failure.kind' }] },
    });
  });

  it('with more failed tests than an attempt names is refused', async () => {
    const failed = Array.from({ length: 101 }, (_, i) => ({ runner: 'jest', suites: [], title: `t${i}` }));
    const body = { worker_id: 'w1', duration_ms: 5, outputs: {}, tests: { ...tests, failed } };
    const answer = await request(world().handler, { ...fleet, ...to('completed'), body, headers });
    expect(answer).toMatchObject({ status: 400, body: { problems: [{ path: 'tests.failed' }] } });
  });

  it('with more outputs than a node may hand on is refused', async () => {
    const body = { worker_id: 'w1', duration_ms: 5, outputs: { log: 'x'.repeat(17 * 1024) } };
    const answer = await request(world().handler, { ...fleet, ...to('completed'), body, headers });
    expect(answer).toMatchObject({ status: 400, body: { problems: [{ path: 'outputs' }] } });
  });

  it('may come with others, each answered as by itself', async () => {
    const { handler, send, onAccepted } = world();
    const of = (nodeId: string, token: string, body: object, callback = 'started') => ({
      ...{ job_id: 'j', node_id: nodeId, attempt: 2, attempt_token: token, callback, body },
    });
    const tokenOf = (nodeId: string) => attemptToken(SECRET, { ...ref, nodeId }, 'w1');
    const reports = [
      of('a', tokenOf('a'), { worker_id: 'w1' }),
      of('b', 'made-up', { worker_id: 'w1' }),
      of('c', tokenOf('c'), { worker_id: 'w1', percentage: 400 }, 'progress'),
      of('d', tokenOf('d'), { worker_id: 'w1', percentage: 40 }, 'progress'),
    ];
    const call = { route: 'POST /workers/{workerId}/reports', params: { workerId: 'w1' }, body: { reports } };
    const answer = await request(handler, { ...fleet, ...call });
    expect(answer.status).toBe(200);
    expect(reportsResponse.parse(answer.body)).toMatchObject({
      results: [
        { status: 202 },
        { status: 403, error: { code: 'ATTEMPT_TOKEN_INVALID' } },
        { status: 400, error: { problems: [{ path: 'percentage' }] } },
        { status: 202 },
      ],
    });
    const told = (send.mock.calls as unknown as [{ message: object }][]).map(([{ message }]) => message);
    expect(told).toEqual([
      { type: 'attemptStarted', nodeId: 'a', attempt: 2, workerId: 'w1' },
      { type: 'attemptProgressed', nodeId: 'd', attempt: 2, percentage: 40 },
    ]);
    expect(onAccepted).toHaveBeenCalledTimes(2);
  });

  it('that cannot be taken now is said to be so, and those beside it are taken', async () => {
    const { handler, send } = world();
    send.mockRejectedValueOnce(new RepriseError('UPSTREAM_UNAVAILABLE', 'SQS is busy'));
    const token = attemptToken(SECRET, ref, 'w1');
    const report = { job_id: 'j', node_id: 'a', attempt: 2, attempt_token: token, callback: 'started' };
    const reports = [1, 2].map(() => ({ ...report, body: { worker_id: 'w1' } }));
    const call = { route: 'POST /workers/{workerId}/reports', params: { workerId: 'w1' }, body: { reports } };
    const { body } = await request(handler, { ...fleet, ...call });
    expect(body).toMatchObject({ results: [{ status: 503 }, { status: 202 }] });
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
  const known = { workerId: 'w1', labels: [], slots: 1, lastSeenAt: 1, running: 0 } as
    | RegisteredWorker
    | undefined;
  const nobody: typeof known = undefined;
  const body = { worker_id: 'w1', labels: ['linux'], slots: 4, endpoint: 'http://w1:8080' };
  const worker = {
    ...{ workerId: 'w1', labels: ['linux'], slots: 4, endpoint: 'http://w1:8080' },
    registration: 'r-7',
  };

  function registering(register = jest.fn(async (..._: unknown[]): Promise<Registered | undefined> => ({}))) {
    const send = jest.fn(async () => {});
    const requireReachable = jest.fn(async () => {});
    const deps = {
      ...{ workers: { register }, streams: { send }, secret, requireReachable },
      ...{
        newRegistration: () => 'r-7',
        socketUrl: 'wss://sockets.test/v1',
        pools: ['default', 'gpu'],
        clock: () => 7,
      },
    };
    return { handler: apiHandler(registerWorker(deps)), register, send, requireReachable };
  }

  it('registers: kept, announced to its pool, given the token of its engine', async () => {
    const { handler, register, send, requireReachable } = registering();
    const answer = await request(handler, { ...fleet, body });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        worker_id: 'w1',
        dispatch_token: dispatchToken(SECRET, 'w1', 'r-7'),
        registration: 'r-7',
        heartbeat_seconds: 10,
      },
    });
    expect(requireReachable).toHaveBeenCalledWith('http://w1:8080');
    expect(register).toHaveBeenCalledWith('default', worker, { subject: 'fleet', at: 7, due: 10_007 });
    expect(send).toHaveBeenCalledWith(
      { to: poolAt('default'), message: { type: 'workerRegistered', worker } },
      expect.objectContaining({ id: 'register/r1', actor: { kind: 'worker', id: 'w1' } }),
    );
  });

  it('registers without an endpoint: told where to connect, and its pool hears nothing before it has', async () => {
    const { handler, register, send, requireReachable } = registering();
    const { endpoint: _, ...pulls } = body;
    const answer = await request(handler, { ...fleet, body: { ...pulls, pool: 'gpu' } });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        ...{ worker_id: 'w1', registration: 'r-7', heartbeat_seconds: 10 },
        connect: 'wss://sockets.test/v1?pool=gpu&worker=w1&registration=r-7',
      },
    });
    const { endpoint: _known, ...kept } = worker;
    expect(register).toHaveBeenCalledWith('gpu', kept, { subject: 'fleet', at: 7, due: 10_007 });
    for (const mock of [send, requireReachable]) expect(mock).not.toHaveBeenCalled();
  });

  const runs = [{ job_id: 'j', node_id: 'a', attempt: 2 }];
  const replacing = () => registering(jest.fn(async () => ({ replaced: 'r-6' })));
  const sentBy = (send: jest.Mock) =>
    (send.mock.calls as unknown as [{ message: unknown }, { id: string }][]).map(([{ message }, { id }]) => ({
      message,
      id,
    }));

  it.each([
    ['with an endpoint', body],
    ['that pulls, before it is connected', { worker_id: 'w1', labels: ['linux'], slots: 4 }],
  ])('%s that takes the place of an earlier process tells its pool what goes on', async (_, given) => {
    const { handler, send } = replacing();
    const answer = await request(handler, { ...fleet, body: { ...given, running: runs } });
    expect(answer.status).toBe(201);
    const [first, ...rest] = sentBy(send);
    expect(first).toEqual({
      id: 'restart/r1',
      message: {
        ...{ type: 'workerRestarted', workerId: 'w1', registration: 'r-6' },
        running: [{ jobId: 'j', nodeId: 'a', attempt: 2 }],
      },
    });
    expect(rest.map(({ id }) => id)).toEqual('endpoint' in given ? ['register/r1'] : []);
  });

  it('that does not say what goes on, or has no process before it, is announced as ever', async () => {
    const silent = replacing();
    await request(silent.handler, { ...fleet, body });
    const first = registering();
    await request(first.handler, { ...fleet, body: { ...body, running: [] } });
    for (const { send } of [silent, first]) expect(sentBy(send).map(({ id }) => id)).toEqual(['register/r1']);
  });

  it('that names more attempts than one may have is refused', async () => {
    const { handler, register } = replacing();
    const running = Array.from({ length: LIMITS.unfinished + 1 }, (_, i) => ({ ...runs[0], attempt: i + 1 }));
    const answer = await request(handler, { ...fleet, body: { ...body, running } });
    expect(answer).toMatchObject({ status: 400, body: { problems: [{ path: 'running' }] } });
    expect(register).not.toHaveBeenCalled();
  });

  it('registers with the resources that its work shares', async () => {
    const { handler, register, send } = registering();
    const resources = { browserLicences: 2 };
    expect((await request(handler, { ...fleet, body: { ...body, resources } })).status).toBe(201);
    expect(register).toHaveBeenCalledWith(
      'default',
      { ...worker, resources },
      { subject: 'fleet', at: 7, due: 10_007 },
    );
    expect(send).toHaveBeenCalledWith(
      { to: poolAt('default'), message: { type: 'workerRegistered', worker: { ...worker, resources } } },
      expect.anything(),
    );
    const refused = await request(handler, { ...fleet, body: { ...body, resources: { licences: 0 } } });
    expect(refused.status).toBe(400);
  });

  it('whose id is of another subject is refused, and its pool hears nothing', async () => {
    const { handler, send } = registering(jest.fn(async () => undefined));
    const answer = await request(handler, { ...fleet, subject: 'mallory', body });
    expect(answer).toMatchObject({ status: 409, body: { code: 'WORKER_ID_TAKEN' } });
    expect(answer.body.dispatch_token).toBeUndefined();
    expect(send).not.toHaveBeenCalled();
  });

  it.each([
    ['orchestration.worker:gpu', 'gpu', 201],
    ['orchestration.worker:gpu', 'default', 403],
    ['orchestration.worker:gp', 'gpu', 403],
    ['orchestration.worker', 'default', 201],
    ['orchestration.jobs', 'gpu', 403],
  ])('with the scope %s joins pool %s: %i', async (scopes, pool, status) => {
    const { handler, send } = registering();
    expect((await request(handler, { ...fleet, scopes, body: { ...body, pool } })).status).toBe(status);
    expect(send).toHaveBeenCalledTimes(status === 201 ? 1 : 0);
  });

  it.each([
    'ftp://w1:8080',
    'http://user@w1:8080',
    'http://w1:8080/?target=other',
    'http://w1:8080/#part',
    `http://w1/${'x'.repeat(2_048)}`,
  ])('at %s is refused: it is no address to serve at', async (endpoint) => {
    const { handler, register } = registering();
    const answer = await request(handler, { ...fleet, body: { ...body, endpoint } });
    expect(answer).toMatchObject({ status: 400, body: { problems: [{ path: 'endpoint' }] } });
    expect(register).not.toHaveBeenCalled();
  });

  it('is told to register again when it is not known', async () => {
    const beaten = jest.fn(async (): Promise<typeof known> => nobody);
    const send = jest.fn(async () => {});
    const deps = { workers: { heartbeat: beaten }, streams: { send }, clock: () => 7 };
    const handler = apiHandler(heartbeat(deps));
    const beat = { ...fleet, params: { workerId: 'w1' }, body: { running: 1 } };
    expect(await request(handler, beat)).toMatchObject({
      status: 404,
      body: { code: 'WORKER_NOT_FOUND' },
    });
    beaten.mockResolvedValue(known);
    expect((await request(handler, beat)).status).toBe(200);
    expect(beaten).toHaveBeenCalledWith('default', 'w1', {
      ...{ at: 7, dueAt: 10_007, running: 1, draining: false, subject: 'fleet' },
    });
    expect(send).not.toHaveBeenCalled();
  });

  it('that is drained tells its pool, which gives it nothing new', async () => {
    const beaten = jest.fn(async (): Promise<typeof known> => known);
    const send = jest.fn(async () => {});
    const deps = { workers: { heartbeat: beaten }, streams: { send }, clock: () => 7 };
    const beat = { ...fleet, params: { workerId: 'w1' }, body: { running: 1, draining: true, pool: 'gpu' } };
    expect((await request(apiHandler(heartbeat(deps)), beat)).status).toBe(200);
    expect(beaten).toHaveBeenCalledWith('gpu', 'w1', {
      ...{ at: 7, dueAt: 10_007, running: 1, draining: true, subject: 'fleet' },
    });
    expect(send).toHaveBeenCalledWith(
      { to: poolAt('gpu'), message: { type: 'workerDrained', workerId: 'w1' } },
      expect.objectContaining({ id: 'drained/r1', actor: { kind: 'worker', id: 'w1' } }),
    );
  });

  it('speaks for the registration that it names, of the subject whose token it has', async () => {
    const beaten = jest.fn(async (): Promise<typeof known> => known);
    const send = jest.fn(async () => {});
    const handler = apiHandler(
      heartbeat({ workers: { heartbeat: beaten }, streams: { send }, clock: () => 7 }),
    );
    const beat = {
      ...fleet,
      params: { workerId: 'w1' },
      body: { running: 0, draining: true, registration: 'r-7', next_seconds: 7.5 },
    };
    expect((await request(handler, beat)).status).toBe(200);
    expect(beaten).toHaveBeenCalledWith('default', 'w1', {
      ...{ at: 7, dueAt: 7_507, running: 0, draining: true, subject: 'fleet', registration: 'r-7' },
    });
    const message = { type: 'workerDrained', workerId: 'w1', registration: 'r-7' };
    expect(send).toHaveBeenCalledWith({ to: poolAt('default'), message }, expect.anything());
  });

  it('of a pool that its token is not for is as unknown as one that never registered', async () => {
    const beaten = jest.fn(async (): Promise<typeof known> => known);
    const deps = {
      workers: { heartbeat: beaten },
      streams: { send: jest.fn(async () => {}) },
      clock: () => 7,
    };
    const beat = { params: { workerId: 'w1' }, body: { running: 1, pool: 'default' } };
    const scopes = 'orchestration.worker:gpu';
    const foreign = await request(apiHandler(heartbeat(deps)), { ...fleet, scopes, ...beat });
    expect(beaten).not.toHaveBeenCalled();
    beaten.mockResolvedValue(nobody);
    const unknown = await request(apiHandler(heartbeat(deps)), { ...fleet, ...beat });
    expect([foreign.status, foreign.body.detail]).toEqual([unknown.status, unknown.body.detail]);
    expect(foreign.status).toBe(404);
  });
});
