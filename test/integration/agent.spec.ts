import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestExecutionClient } from '../../lib/adapters/http/test-execution-client';
import { type Agent, type AgentOptions, startAgent } from '../../lib/agent/agent';
import { createLog } from '../../lib/agent/log';
import { problemOf } from '../../lib/contract/errors';
import { toRequestBody } from '../../lib/contract/execution-wire';
import type { ErrorCode } from '../../lib/core/errors';
import { isRepriseError } from '../../lib/core/errors';
import { request, until } from '../unit/adapters/embedded/process/harness';
import { DISPATCH_TOKEN, type FakeEngine, fakeEngine } from '../unit/agent/fake-engine';

let engine: FakeEngine;
let workDir: string;
const agents: Agent[] = [];

beforeEach(async () => {
  engine = await fakeEngine();
  workDir = mkdtempSync(join(tmpdir(), 'reprise-agent-'));
});

afterEach(async () => {
  for (const agent of agents.splice(0)) {
    await agent.kill('test is over');
    await agent.abandon();
  }
  await engine.close();
  rmSync(workDir, { recursive: true, force: true });
});

/** One that is called; `pull` takes that from it. */
async function start(over: Partial<AgentOptions> = {}, { pull = false } = {}): Promise<Agent> {
  const agent = await startAgent({
    api: engine.url,
    token: 'jwt',
    id: 'node-1',
    pool: 'default',
    labels: ['linux'],
    slots: 2,
    ...(pull ? {} : { push: { host: '127.0.0.1', port: 0 } }),
    workDir,
    suites: {},
    env: {},
    log: createLog({ write: () => {}, clock: Date.now, color: false }),
    clock: Date.now,
    graceMs: 200,
    ...over,
  });
  agents.push(agent);
  return agent;
}

function clientOf({ endpoint = '' }: Agent, dispatchToken = DISPATCH_TOKEN) {
  return createTestExecutionClient({
    endpoint,
    dispatchToken,
    attemptToken: ({ nodeId, attempt }) => `token-${nodeId}-${attempt}`,
  });
}

const callbacks = () => engine.to('/attempts/').map(({ path }) => path.split('/').slice(-4).join('/'));
const waitFor = (path: string) => until(() => engine.to(path)[0], path);

const refusal = (status: number, code: ErrorCode, detail: string) =>
  problemOf({ ...{ status, code, detail }, instance: '/', traceId: 't' });

describe('a worker', () => {
  it('registers with what it offers and the caller token', async () => {
    const agent = await start();
    expect(engine.calls[0]).toMatchObject({
      method: 'POST',
      path: '/restapis/abc/local/_user_request_/workers',
      headers: { authorization: 'Bearer jwt' },
      body: { worker_id: 'node-1', pool: 'default', labels: ['linux'], slots: 2, endpoint: agent.endpoint },
    });
  });

  it('runs an attempt and reports its start and its end with the token of the attempt', async () => {
    const client = clientOf(await start({ env: { TARGET: 'staging' } }));
    await client.submit(request('echo "target=$TARGET" > "$REPRISE_OUTPUT"'));
    const end = await waitFor('/completed');
    expect(callbacks()).toEqual(['a/attempts/1/started', 'a/attempts/1/completed']);
    expect(end.headers['x-attempt-token']).toBe('token-a-1');
    expect(end.body).toMatchObject({ worker_id: 'node-1', outputs: { target: 'staging' } });
    expect(await client.status(request(''))).toBe('finished');
    expect(await client.results(request(''))).toMatchObject({
      type: 'succeeded',
      outputs: { target: 'staging' },
    });
  });

  it('reports why an attempt failed', async () => {
    await clientOf(await start()).submit(request('echo went wrong >&2; exit 2'));
    const { body } = await waitFor('/failed');
    expect(body).toMatchObject({
      failure: { kind: 'exit', exitCode: 2, message: 'exit status 2\nwent wrong' },
    });
  });

  it('takes no more attempts than it has slots, and says so in a way that is tried again', async () => {
    const agent = await start();
    const client = clientOf(agent);
    await client.submit(request('sleep 60', { nodeId: 'a' }));
    await client.submit(request('sleep 60', { nodeId: 'b' }));
    const error = await client.submit(request('true', { nodeId: 'c' })).catch((e: unknown) => e);
    expect(isRepriseError(error, 'UPSTREAM_UNAVAILABLE') && error.context).toMatchObject({ status: 409 });
    expect((error as Error).message).toContain('all 2 slots are taken');
    await client.submit(request('sleep 60', { nodeId: 'a' }));
    await client.cancel(request('', { nodeId: 'a' }), 'make room');
    await waitFor('/nodes/a/attempts/1/failed');
    await client.submit(request('true', { nodeId: 'c' }));
    await waitFor('/nodes/c/attempts/1/completed');
  });

  it.each(['wrong', '', `${DISPATCH_TOKEN}x`])('refuses a caller with the token "%s"', async (token) => {
    const agent = await start();
    const client = clientOf(agent, token);
    const error = await client.submit(request(`touch ${workDir}/ran`)).catch((e: unknown) => e);
    expect(isRepriseError(error, 'UNAUTHENTICATED')).toBe(true);
    for (const path of ['', '/job/a/1', '/job/a/1/results', '/job/a/1/cancel']) {
      expect((await fetch(`${agent.endpoint}/executions${path}`, { method: 'POST' })).status).toBe(401);
    }
    expect(readdirSync(workDir)).not.toContain('ran');
  });

  it.each([
    ['an unknown key', { extra: 1 }],
    ['an id that would leave the directory', { node_id: '../../x' }],
    ['an attempt that is no number', { attempt: 'one' }],
  ])('refuses a request with %s', async (_, over) => {
    const agent = await start();
    const body = {
      ...{ job_id: 'j', node_id: 'n', attempt: 1, work: { kind: 'command', run: 'true' } },
      ...{ timeout_ms: 1_000, trace_id: 't', attempt_token: 'x' },
      ...over,
    };
    const headers = { authorization: `Bearer ${DISPATCH_TOKEN}`, 'content-type': 'application/json' };
    const sent = { method: 'POST', headers, body: JSON.stringify(body) };
    expect((await fetch(`${agent.endpoint}/executions`, sent)).status).toBe(400);
  });

  it('shares its work directory with no other', async () => {
    await start();
    const error = await start().catch((e: unknown) => e);
    expect(isRepriseError(error, 'JOB_LOCKED')).toBe(true);
    expect((error as Error).message).toMatch(/--id or --work-dir/);
  });
});

describe('callbacks', () => {
  it('are repeated while the engine fails, and keep their order', async () => {
    let failures = 4;
    engine.intercept = ({ path }) => {
      if (!path.includes('/attempts/') || failures === 0) return undefined;
      failures -= 1;
      return { status: failures % 2 === 0 ? 503 : 429 };
    };
    await clientOf(await start()).submit(request('true'));
    await waitFor('/completed');
    const kinds = callbacks().map((path) => path.split('/').pop());
    expect(kinds).toEqual([...Array(5).fill('started'), 'completed']);
  });

  it('that the engine refuses for what they say become a failure it can take', async () => {
    engine.intercept = ({ path }) =>
      path.endsWith('/completed')
        ? {
            status: 400,
            body: refusal(400, 'INPUT_INVALID', 'outputs: too strange'),
          }
        : undefined;
    await clientOf(await start()).submit(request('true'));
    const { body } = await waitFor('/failed');
    expect(body).toMatchObject({ failure: { message: expect.stringContaining('outputs: too strange') } });
  });

  it('that are refused for good are given up, and the attempt is forgotten', async () => {
    engine.intercept = ({ path }) =>
      path.includes('/attempts/')
        ? { status: 404, body: refusal(404, 'JOB_NOT_FOUND', 'no such job') }
        : undefined;
    await clientOf(await start()).submit(request('true'));
    await waitFor('/completed');
    await until(() => readdirSync(join(workDir, 'open')).length === 0, 'the attempt to be forgotten');
  });

  it('of a token that ran out wait for the next start', async () => {
    engine.intercept = ({ path, headers }) =>
      path.includes('/attempts/') && headers.authorization === 'Bearer jwt' ? { status: 401 } : undefined;
    const old = await start();
    await clientOf(old).submit(request('echo "x:=1" > "$REPRISE_OUTPUT"'));
    await waitFor('/completed');
    await old.abandon();
    await start({ token: 'fresh' });
    const end = await until(
      () => engine.to('/completed').find(({ headers }) => headers.authorization === 'Bearer fresh'),
      'the report with the new token',
    );
    expect(end.body).toMatchObject({ outputs: { x: 1 } });
  });
});

describe('a start that is asked for in the answer', () => {
  it('stands there, as often as it is asked, and is not reported besides', async () => {
    const client = clientOf(await start());
    const wait = request(`until test -e ${workDir}/go; do sleep 0.02; done`);
    expect(await client.take(wait)).toBe('started');
    expect(await client.take(wait)).toBe('started');
    writeFileSync(join(workDir, 'go'), '');
    await waitFor('/completed');
    expect(callbacks()).toEqual(['a/attempts/1/completed']);
  });

  it('is none of an attempt that ended in an earlier process of the worker', async () => {
    const client = clientOf(await start());
    await client.take(request('true'));
    await waitFor('/completed');
    expect(await client.take(request('true'))).toBe('accepted');
  });
});

describe('a restarted worker', () => {
  it('adopts what runs and reports it with the token of the attempt', async () => {
    const first = await start();
    const command = `echo ran >> ${workDir}/runs; until test -e ${workDir}/go; do sleep 0.02; done`;
    await clientOf(first).submit(request(command));
    await waitFor('/started');
    await first.abandon();
    const second = await start();
    const registered = engine.to('/workers').filter(({ path }) => path.endsWith('/workers'));
    const adopted = { job_id: 'job', node_id: 'a', attempt: 1 };
    expect(registered.map(({ body }) => body['running'])).toEqual([[], [adopted]]);
    expect(await clientOf(second).status(request(''))).toBe('running');
    writeFileSync(join(workDir, 'go'), '');
    const end = await waitFor('/completed');
    expect(end.headers['x-attempt-token']).toBe('token-a-1');
    expect(readFileSync(join(workDir, 'runs'), 'utf8')).toBe('ran\n');
  });

  it('counts what it adopted against its slots', async () => {
    const first = await start();
    await clientOf(first).submit(request('sleep 60'));
    await first.abandon();
    const second = clientOf(await start({ slots: 1 }));
    await expect(second.submit(request('true', { nodeId: 'b' }))).rejects.toThrow('all 1 slots');
  });

  it('reports what ended while it was down', async () => {
    const first = await start();
    await clientOf(first).submit(request('sleep 0.2; exit 6'));
    await waitFor('/started');
    await first.abandon();
    const claim = join(workDir, 'jobs/job/attempts/a.1.claim');
    await until(() => /\n6 -\n$/.test(readFileSync(claim, 'utf8')), 'the end of the command');
    engine.calls.length = 0;
    await start();
    expect((await waitFor('/failed')).body).toMatchObject({ failure: { exitCode: 6 } });
    expect(callbacks()).toEqual(['a/attempts/1/failed']);
  });

  it('keeps the tokens of attempts from other users of the machine', async () => {
    await clientOf(await start()).submit(request('sleep 60'));
    const open = join(workDir, 'open');
    const [file] = readdirSync(open);
    expect(statSync(open).mode & 0o077).toBe(0);
    expect(statSync(join(open, file as string)).mode & 0o077).toBe(0);
  });
});

describe('heartbeats', () => {
  it('say how much runs', async () => {
    await engine.close();
    engine = await fakeEngine(0.02);
    await clientOf(await start()).submit(request('sleep 60'));
    const beat = await until(() => engine.to('/heartbeat').find(({ body }) => body['running'] === 1), 'one');
    expect(beat).toMatchObject({ path: expect.stringContaining('/workers/node-1/heartbeat') });
  });

  it('that find the node held for lost make it end what it runs and register again', async () => {
    await engine.close();
    engine = await fakeEngine(0.02);
    let isLost = false;
    engine.intercept = ({ path }) => {
      if (!isLost || !path.endsWith('/heartbeat')) return undefined;
      isLost = false;
      return { status: 404, body: refusal(404, 'WORKER_NOT_FOUND', 'register again') };
    };
    await clientOf(await start()).submit(request('sleep 60'));
    await waitFor('/started');
    isLost = true;
    await until(
      () => engine.to('/workers').filter(({ path }) => path.endsWith('/workers')).length === 2,
      'it',
    );
    expect((await waitFor('/failed')).body).toMatchObject({ failure: { kind: 'cancelled' } });
  });

  it('go on when one is not taken', async () => {
    await engine.close();
    engine = await fakeEngine(0.02);
    engine.intercept = ({ path }) => (path.endsWith('/heartbeat') ? { status: 500 } : undefined);
    await start();
    await until(() => engine.to('/heartbeat').length >= 3, 'more heartbeats');
  });
});

describe('draining', () => {
  it('tells the engine, takes nothing new, and ends when all is reported', async () => {
    const agent = await start();
    const client = clientOf(agent);
    await client.submit(request(`until test -e ${workDir}/go; do sleep 0.02; done`));
    const drained = agent.drain();
    await until(() => engine.to('/heartbeat').some(({ body }) => body['draining'] === true), 'the word');
    const error = await client.submit(request('true', { nodeId: 'b' })).catch((e: unknown) => e);
    expect(isRepriseError(error, 'UPSTREAM_UNAVAILABLE') && error.context).toMatchObject({ status: 503 });
    writeFileSync(join(workDir, 'go'), '');
    await drained;
    expect(callbacks()).toEqual(['a/attempts/1/started', 'a/attempts/1/completed']);
    await expect(client.status(request(''))).rejects.toThrow();
  });
});

describe('a worker that pulls', () => {
  const pulling = (over: Partial<AgentOptions> = {}) => start(over, { pull: true });
  let ids = 0;
  const submit = (work: Parameters<typeof toRequestBody>[0], attemptToken = 'token-of-the-attempt') => {
    const id = `6a0f4e52-3f0a-4a7e-9d7e-${String(++ids).padStart(12, '0')}`;
    engine.sockets.send({ type: 'submit', id, execution: toRequestBody(work, attemptToken) });
    return id;
  };
  const answerTo = (id: string) =>
    until(
      () =>
        engine.sockets.said.flatMap((said) =>
          said.type === 'answer'
            ? said.answers.filter((one) => one.id === id).map(({ status }) => status)
            : [],
        )[0],
      'the answer',
    );
  const beats = () => engine.sockets.said.filter(({ type }) => type === 'heartbeat');

  it('registers without an endpoint, connects, and is there once the engine has heard it', async () => {
    const agent = await pulling();
    expect(agent.endpoint).toBeUndefined();
    expect(engine.to('/workers')[0]?.body).toEqual({
      ...{ worker_id: 'node-1', pool: 'default', labels: ['linux'], slots: 2, running: [] },
    });
    expect(engine.sockets.opened).toMatchObject([{ headers: { authorization: 'Bearer jwt' } }]);
    expect(beats()).toEqual([{ type: 'heartbeat', running: 0, next_seconds: 60 }]);
    expect(engine.to('/heartbeat')).toEqual([]);
  });

  it('takes an attempt once, however often it comes, and reports it as every worker does', async () => {
    await pulling();
    const work = request(`echo ran >> ${workDir}/runs; echo "x:=1" > "$REPRISE_OUTPUT"`);
    for (let times = 0; times < 3; times++) expect([201, 202]).toContain(await answerTo(submit(work)));
    const end = await waitFor('/completed');
    expect(end.headers['x-attempt-token']).toBe('token-of-the-attempt');
    expect(end.body).toMatchObject({ worker_id: 'node-1', outputs: { x: 1 } });
    expect(readFileSync(join(workDir, 'runs'), 'utf8')).toBe('ran\n');
  });

  it('says what it does not take: all slots taken, none of the contract, shutting down', async () => {
    const agent = await pulling({ slots: 1 });
    expect(await answerTo(submit(request(`until test -e ${workDir}/go; do sleep 0.02; done`)))).toBe(201);
    expect(await answerTo(submit(request('true', { nodeId: 'b' })))).toBe(409);
    expect(await answerTo(submit(request('true', { nodeId: '../x' })))).toBe(400);
    const drained = agent.drain();
    await until(() => beats().some((beat) => 'draining' in beat && beat.draining), 'the word');
    expect(await answerTo(submit(request('true', { nodeId: 'c' })))).toBe(503);
    writeFileSync(join(workDir, 'go'), '');
    await drained;
    expect(callbacks()).toEqual(['a/attempts/1/completed']);
  });

  it('ends an attempt that it is told to, for the reason given', async () => {
    await pulling();
    expect(await answerTo(submit(request('sleep 60')))).toBe(201);
    const id = '6a0f4e52-3f0a-4a7e-9d7e-ffffffffffff';
    engine.sockets.send({
      ...{ type: 'cancel', id, job_id: 'job', node_id: 'a', attempt: 1, reason: 'enough' },
    });
    expect(await answerTo(id)).toBe(202);
    expect((await waitFor('/failed')).body).toMatchObject({
      failure: { kind: 'cancelled', message: 'enough' },
    });
  });

  it('runs nothing of an attempt that is taken back before it has begun', async () => {
    await pulling();
    const id = submit(request(`sleep 0.3; touch ${workDir}/ran`));
    engine.sockets.send({
      ...{ type: 'cancel', id: '6a0f4e52-3f0a-4a7e-9d7e-eeeeeeeeeeee', reason: 'given to another worker' },
      ...{ job_id: 'job', node_id: 'a', attempt: 1 },
    });
    await answerTo(id);
    await waitFor('/failed');
    expect(readdirSync(workDir)).not.toContain('ran');
  });

  it('goes on with what it runs when the connection is lost, and says over the next one that it lives', async () => {
    await pulling();
    await answerTo(submit(request(`until test -e ${workDir}/go; do sleep 0.02; done`)));
    engine.sockets.opened[0]?.socket.terminate();
    await until(() => beats().length === 2, 'the heartbeat over the second connection');
    expect(beats()[1]).toEqual({ type: 'heartbeat', running: 1, next_seconds: 60 });
    expect(engine.to('/workers')).toHaveLength(1);
    // What was not answered over the first connection comes again over the second.
    expect(await answerTo(submit(request('true')))).toBe(201);
    writeFileSync(join(workDir, 'go'), '');
    await waitFor('/completed');
    expect(callbacks()).toEqual(['a/attempts/1/completed']);
  });

  it('that is held for lost ends what it runs, registers again and connects as registered then', async () => {
    await pulling();
    expect(await answerTo(submit(request('sleep 60')))).toBe(201);
    let isLost = true;
    engine.sockets.answer = ({ type }) => {
      if (type !== 'heartbeat') return undefined;
      const answer = isLost ? 'unregistered' : 'heard';
      isLost = false;
      return { type: answer };
    };
    engine.sockets.opened[0]?.socket.terminate();
    await until(() => engine.to('/workers').length === 2, 'the registration');
    expect((await waitFor('/failed')).body).toMatchObject({ failure: { kind: 'cancelled' } });
    await until(() => engine.sockets.opened.length === 3, 'the connection');
    await until(() => beats().length === 3, 'the heartbeat');
    expect(beats().at(-1)).toEqual({ type: 'heartbeat', running: 0, next_seconds: 60 });
  });

  it('says at once that an engine without connections for it wants an endpoint', async () => {
    engine.intercept = ({ path }) =>
      path.endsWith('/workers')
        ? { status: 201, body: { worker_id: 'w', dispatch_token: 'x', heartbeat_seconds: 10 } }
        : undefined;
    await expect(pulling()).rejects.toThrow('--advertise');
  });
});
