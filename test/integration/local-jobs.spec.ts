import { readFileSync } from 'node:fs';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { fingerprintOfPem } from '../../lib/adapters/archive/signature';
import { problemDetails } from '../../lib/contract/errors';
import { type JobView, jobView, submitJobResponse } from '../../lib/contract/jobs';
import { traceResponse } from '../../lib/contract/traces';
import { SCOPES } from '../../lib/core/access/scopes';
import type { Recorded } from '../../lib/core/journal/envelope';
import { spanIdOf } from '../../lib/core/model/trace';
import { localClients } from '../../lib/localcloud/clients';
import { history } from '../../lib/localcloud/executions';
import { queueDepths } from '../../lib/localcloud/queues';
import { workspace } from '../support/e2e-cli';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver';
import { downloadAnchors } from './support/anchors';
import { createApi, eventually, isOver, submit, waitForJob } from './support/api';
import { type BusSubscriber, subscribeToBus } from './support/bus-subscriber';
import { ofTriggers } from './support/evidence/triggers';
import { executionOfJob } from './support/executions';
import { type LocalEnvironment, startLocalEnvironment } from './support/local-environment';
import { pointAt, RULES } from './support/notified';
import { COMPLETED, failedWith, type ScriptedWorker, startScriptedWorker } from './support/scripted-worker';

const NODE = { run: 'true', timeout: '20s' };
const DIAMOND = {
  name: 'diamond',
  nodes: [
    { id: 'build', ...NODE },
    { id: 'api', ...NODE, needs: ['build'] },
    { id: 'browser', ...NODE, needs: ['build'] },
    { id: 'report', ...NODE, needs: ['api', 'browser'], trigger: 'all_done' },
  ],
};
const ONCE = { maxAttempts: 1 };

// One environment for every test here: it takes longer to deploy than all of them to run.
let local: LocalEnvironment;
let worker: ScriptedWorker;
let bus: BusSubscriber;
let hook: WebhookReceiver;
beforeAll(async () => {
  local = await startLocalEnvironment({ notifications: JSON.stringify(RULES), anchors: 'on' });
  bus = await subscribeToBus(local.deployment.endpoint);
  hook = await startWebhookReceiver();
  await pointAt(hook, local.deployment.endpoint);
  worker = await startScriptedWorker(local.worker, 'scripted-1');
}, 600_000);
afterAll(async () => {
  await worker?.stop();
  await bus?.stop();
  await local?.stop();
  await hook?.close();
}, 60_000);
beforeEach(() => worker.follow(() => COMPLETED));

ofTriggers(() => ({ local, worker, bus }));

const clients = () => localClients(local.deployment.endpoint);
/** The history of the execution that a job runs as: on the generic machine, or on its own where that was made in time. */
const historyOf = async (jobId: string) => {
  const execution = await executionOfJob(local, jobId);
  return execution ? history(clients().sfn, execution.arn) : [];
};
/** What a subscriber of the bus heard of a job, once it is so many events. */
const heardOf = (jobId: string, count: number) =>
  eventually(async () => {
    const events = bus.heard.filter(({ detail }) => detail['jobId'] === jobId);
    return events.length >= count ? events : undefined;
  });
const depthOf = async (name: string) =>
  (await queueDepths(clients().sqs)).find((queue) => queue.name === name)?.visible ?? 0;

describe('a job over the REST API', () => {
  it('runs to the end, in order, within one task of the graph runner, with its events on the bus', async () => {
    const submitted = await local.user.post('/jobs', { execution_graph: DIAMOND });
    expect(submitted.status).toBe(202);
    const { job_id: jobId } = submitJobResponse.parse(submitted.body);
    const job = jobView.parse(await waitForJob(local.user, jobId, isOver));
    expect(job).toMatchObject({ status: 'succeeded', owner: 'tester', progress_percentage: 100 });
    const order = worker.requests.filter((request) => request.job_id === jobId).map(({ node_id }) => node_id);
    expect([order[0], order.slice(1, 3).sort(), order[3]]).toEqual(['build', ['api', 'browser'], 'report']);

    const ended = await eventually(async () => {
      const events = await historyOf(jobId);
      return events.some(({ type }) => type === 'ExecutionSucceeded') ? events : undefined;
    });
    // It enters all nodes, and waits for how the job ends.
    expect(ended.filter(({ type }) => type === 'TaskScheduled')).toHaveLength(1);
    expect((await heardOf(jobId, 2)).map(({ type }) => type)).toEqual([
      'orchestration.execution.started',
      'orchestration.execution.completed',
    ]);
  });

  it('has one trace, from the call that submits it to the bus and to a webhook, and each call its own correlation', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const headers = { traceparent, 'x-correlation-id': 'submission-1' };
    const graph = { name: 'traced', nodes: [{ id: 'only', ...NODE }] };
    const { body, headers: said } = await local.user.post('/jobs', { execution_graph: graph }, headers);
    expect([said.get('x-trace-id'), said.get('x-correlation-id')]).toEqual([traceId, 'submission-1']);
    const jobId = body.job_id;
    await waitForJob(local.user, jobId, isOver);

    const { events } = (await local.user.get(`/jobs/${jobId}/events`)).body;
    expect(new Set(events.map((event: Recorded) => event.traceId))).toEqual(new Set([traceId]));
    expect(events[0]).toMatchObject({
      correlationId: 'submission-1',
      data: { trace: { spanId: 'b7ad6b7169203331', sampled: true } },
    });
    const [started] = await historyOf(jobId);
    const { input = '{}' } = started?.executionStartedEventDetails ?? {};
    expect(JSON.parse(input)).toMatchObject({ jobId, traceId });
    expect(worker.requests.find(({ job_id }) => job_id === jobId)).toMatchObject({
      trace_id: traceId,
      work: { variables: { TRACEPARENT: `00-${traceId}-${spanIdOf(jobId, 'only', 1)}-01` } },
    });
    expect(worker.echoed.get(`/jobs/${jobId}/nodes/only/attempts/1/completed`)).toBe(traceId);
    for (const { detail } of await heardOf(jobId, 2)) expect(detail).toMatchObject({ traceId });
    // The receiver takes nothing whose signature does not verify.
    const told = await eventually(async () => {
      const own = hook.received.filter(({ data }) => data['job_id'] === jobId);
      return own.length >= 2 ? own : undefined;
    });
    expect(told.map(({ type, data }) => [type, data.event?.['traceId']])).toEqual([
      ['orchestration.execution.started', traceId],
      ['orchestration.execution.completed', traceId],
    ]);

    for (const id of [traceId, jobId, 'submission-1', `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`]) {
      const found = traceResponse.parse((await local.user.get(`/trace/${id}`)).body);
      expect(found.jobs).toEqual([{ job_id: jobId, trace_id: traceId }]);
      expect(found.lines[0]).toMatchObject({ type: 'job.submitted', correlation_id: 'submission-1' });
    }
    const stranger = await local.as('stranger', SCOPES.jobs);
    expect((await stranger.get(`/trace/${traceId}`)).status).toBe(404);
  });

  it('keeps a journal that says who did what, chained', async () => {
    const jobId = await submit(local.user, { name: 'journalled', nodes: [{ id: 'only', ...NODE }] });
    await waitForJob(local.user, jobId, isOver);
    const { body } = await local.user.get(`/jobs/${jobId}/events`);
    expect(body.events.map(({ seq }: { seq: number }) => seq)).toEqual(
      body.events.map((_: unknown, i: number) => i + 1),
    );
    const types = body.events.map(({ type }: { type: string }) => type);
    expect(types.at(0)).toBe('job.submitted');
    expect(types).toEqual(expect.arrayContaining(['job.entered', 'attempt.succeeded', 'job.completed']));
  });

  it('keeps a journal that is anchored: the public key of KMS and the anchors show offline that nothing was changed', async () => {
    const jobId = await submit(local.user, { name: 'anchored', nodes: [{ id: 'only', ...NODE }] });
    await waitForJob(local.user, jobId, isOver);
    const cli = workspace();
    const token = cli.write('token', await local.tokenFor('tester', SCOPES.jobs));
    const verdict = await eventually(async () => {
      const { anchors, key } = await downloadAnchors(local);
      const trusted = ['--anchors', anchors, '--key', key, '--json'];
      const at = ['--api', local.deployment.apiUrl, '--token-file', token];
      const { stdout, stderr } = await cli.run('journal', 'verify', jobId, ...at, ...trusted);
      if (stdout === '') throw new Error(stderr);
      const { valid, events, anchored } = JSON.parse(stdout);
      return anchored?.seq === events ? { valid, events, by: anchored.signedBy, key } : undefined;
    }, 100_000);
    expect(verdict).toMatchObject({ valid: true, by: fingerprintOfPem(readFileSync(verdict.key, 'utf8')) });
  }, 120_000);

  it('is examined by `reprise doctor`: all of it is there and well, but for what the local cloud leaves out', async () => {
    const { endpoint, apiUrl } = local.deployment;
    const aws = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' };
    const cli = workspace({ ...aws, AWS_ENDPOINT_URL: endpoint });
    const live = JSON.parse((await cli.run('doctor', '--env', 'local', '--live', '--json')).stdout);
    const notWell = live.checks.filter(({ verdict }: { verdict: string }) => verdict !== 'pass');
    // It takes no setting of point-in-time recovery, and nobody has migrated a table that is new.
    expect(notWell).toMatchObject([
      { id: 'table.recovery', verdict: 'fail' },
      { id: 'table.layout', verdict: 'warn', seen: '0 of 2' },
    ]);
    expect(live.checks.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining([
        'stacks',
        'resources',
        'versions',
        'table.layout',
        'queues',
        'machines',
        'rules',
      ]),
    );
    const token = cli.write('token', await local.tokenFor('tester', SCOPES.jobs));
    const asked = await cli.run('doctor', '--api', apiUrl, '--token-file', token, '--json');
    expect([asked.code, JSON.parse(asked.stdout)]).toMatchObject([0, { ok: true }]);
  });

  it('fails when a node fails, and so does its execution', async () => {
    worker.follow(({ node_id }) => (node_id === 'api' ? failedWith('assertion failed') : COMPLETED));
    const nodes = DIAMOND.nodes.map((node) => ({ ...node, retry: ONCE }));
    const jobId = await submit(local.user, { ...DIAMOND, nodes });
    const job = await waitForJob(local.user, jobId, isOver);
    expect(job.status).toBe('failed');
    expect(job.nodes['api']).toMatchObject({ status: 'failed', attempts: 1 });
    expect(job.nodes['report']).toMatchObject({ status: 'succeeded' });
    await eventually(async () => {
      const events = await historyOf(jobId);
      return events.find(({ type }) => type === 'ExecutionFailed');
    });
    expect((await heardOf(jobId, 2)).map(({ type }) => type)).toContain('orchestration.execution.failed');
  });

  it('tries a node again as its policy says, within one state of the machine', async () => {
    worker.follow(({ attempt }) =>
      attempt < 3 ? failedWith('connect ECONNREFUSED 127.0.0.1:1') : COMPLETED,
    );
    const retry = { strategy: 'fixed', initialDelay: '200ms', maxAttempts: 4, jitter: 'none' };
    const jobId = await submit(local.user, { name: 'flaky', nodes: [{ id: 'only', ...NODE, retry }] });
    const job = await waitForJob(local.user, jobId, isOver);
    expect(job.nodes['only']).toMatchObject({ status: 'succeeded', attempts: 3 });
    const events = await historyOf(jobId);
    expect(events.filter(({ type }) => type === 'TaskScheduled').length).toBeLessThanOrEqual(2);
  });

  it('is cancelled on request: the worker stops it, what cleans up runs, and the execution ends', async () => {
    worker.follow(({ node_id }) => (node_id === 'clean' ? COMPLETED : undefined));
    const clean = { id: 'clean', ...NODE, needs: ['only'], trigger: 'always' };
    const jobId = await submit(local.user, { name: 'endless', nodes: [{ id: 'only', ...NODE }, clean] });
    await waitForJob(local.user, jobId, ({ current_nodes }) => current_nodes.includes('only'));
    const answer = await local.user.post(`/jobs/${jobId}/cancel`, { reason: 'enough' });
    expect(answer.status).toBe(202);
    await eventually(async () => worker.cancelled.find((key) => key === `${jobId}/only/1`));
    // As a worker does that was told to stop.
    const request = worker.requests.find(({ job_id }) => job_id === jobId);
    const path = `/jobs/${jobId}/nodes/only/attempts/1/failed`;
    const failure = { kind: 'cancelled', message: 'enough' };
    const headers = { 'x-attempt-token': request?.attempt_token ?? '' };
    await local.worker.post(path, { worker_id: 'scripted-1', duration_ms: 1, failure }, headers);
    const job = await waitForJob(local.user, jobId, isOver);
    expect(job.status).toBe('cancelled');
    expect(job.nodes['clean']).toMatchObject({ status: 'succeeded', attempts: 1 });
    await eventually(async () => {
      const events = await historyOf(jobId);
      return events.find(({ type }) => type === 'ExecutionAborted');
    });
  });

  it('is the same job when it is submitted again under the same key', async () => {
    const headers = { 'Idempotency-Key': 'nightly-1' };
    const body = { execution_graph: { name: 'keyed', nodes: [{ id: 'only', ...NODE }] } };
    const first = await local.user.post('/jobs', body, headers);
    const second = await local.user.post('/jobs', body, headers);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body.job_id).toBe(first.body.job_id);
    await waitForJob(local.user, first.body.job_id, isOver);
  });
});

describe('what a path has no route for', () => {
  const ask = async (method: string, path: string, headers: Record<string, string> = {}) => {
    const authorization = `Bearer ${await local.tokenFor('ana', SCOPES.jobs)}`;
    const answer = await fetch(`${local.deployment.apiUrl}${path}`, {
      method,
      headers: { authorization, 'x-correlation-id': 'call-1', ...headers },
    });
    const text = await answer.text();
    expect([path, answer.headers.get('x-correlation-id')]).toEqual([path, 'call-1']);
    expect(answer.headers.get('x-trace-id')).toBeTruthy();
    const problem = text === '' ? undefined : problemDetails.parse(JSON.parse(text));
    return { status: answer.status, allow: answer.headers.get('allow'), problem, headers: answer.headers };
  };

  it('is answered as by a daemon: what it has, and what it has not', async () => {
    expect(await ask('OPTIONS', '/jobs')).toMatchObject({ status: 204, allow: 'GET, HEAD, POST, OPTIONS' });
    expect(await ask('HEAD', '/jobs')).toMatchObject({ status: 200, problem: undefined });
    expect(await ask('DELETE', '/jobs/j1')).toMatchObject({
      ...{ status: 405, allow: 'GET, HEAD, OPTIONS' },
      problem: { code: 'METHOD_NOT_ALLOWED', detail: '/jobs/j1 has no DELETE, but GET, HEAD, OPTIONS' },
    });
    expect(await ask('GET', '/jobs/')).toMatchObject({ status: 404, problem: { code: 'ROUTE_NOT_FOUND' } });
  }, 60_000);

  it('is a problem of the gateway where it is no path, or nobody asks, with the ids of the call', async () => {
    expect(await ask('GET', '/nothing')).toMatchObject({ status: 404, problem: { code: 'ROUTE_NOT_FOUND' } });
    const { status, headers } = await ask('GET', '/jobs', { authorization: 'Bearer nobody' });
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  }, 60_000);
});

describe('what is refused', () => {
  it('a call without a token, in the shape of every error', async () => {
    const { status, body } = await createApi(local.deployment.apiUrl).get('/jobs');
    expect(status).toBe(401);
    expect(problemDetails.parse(body)).toMatchObject({
      ...{ type: '/errors/UNAUTHENTICATED', status: 401, code: 'UNAUTHENTICATED' },
    });
  });

  it("a token that is none of the issuer's", async () => {
    const { status } = await createApi(local.deployment.apiUrl, 'a.b.c').get('/jobs');
    expect(status).toBe(401);
  });

  it("another owner's job", async () => {
    const jobId = await submit(local.user, { name: 'mine', nodes: [{ id: 'only', ...NODE }] });
    const other = await local.as('stranger', SCOPES.jobs);
    const unknown = { status: 404, body: { code: 'JOB_NOT_FOUND' } };
    expect(await other.get(`/jobs/${jobId}`)).toMatchObject(unknown);
    expect(await other.post(`/jobs/${jobId}/cancel`, {})).toMatchObject(unknown);
    expect((await other.get('/jobs')).body.jobs.map((job: { job_id: string }) => job.job_id)).not.toContain(
      jobId,
    );
    await waitForJob(local.user, jobId, isOver);
  });

  it('a graph with a cycle, with every problem and its place', async () => {
    const nodes = [
      { id: 'a', ...NODE, needs: ['b'] },
      { id: 'b', ...NODE, needs: ['a'] },
    ];
    const { status, body } = await local.user.post('/jobs', { execution_graph: { name: 'cyclic', nodes } });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'GRAPH_CYCLE', detail: expect.stringContaining('a') });
    expect(body.problems[0].path).toMatch(/^execution_graph/);
  });

  it('a callback without the token of its attempt', async () => {
    const path = '/jobs/some-job/nodes/only/attempts/1/completed';
    const report = { worker_id: 'scripted-1', duration_ms: 1, outputs: {} };
    const { status, body } = await local.worker.post(path, report, { 'x-attempt-token': 'forged' });
    expect([status, body.code]).toEqual([403, 'ATTEMPT_TOKEN_INVALID']);
  });
});

describe('what takes its time, at the same time', () => {
  let poisoned: Promise<void>;
  let orphaned: Promise<JobView>;
  let configured: Promise<void>;
  beforeAll(() => {
    [poisoned, orphaned, configured] = [poison(), orphan(), configure()];
    // Each is awaited by its own test; until then a failure must not end the process.
    for (const promise of [poisoned, orphaned, configured]) promise.catch(() => undefined);
  });

  /** A limit is set while the functions run, for one node that no other test has. */
  async function configure(): Promise<void> {
    const admin = await local.as('root', SCOPES.admin);
    const cli = workspace();
    const token = cli.write('token', await local.tokenFor('root', SCOPES.admin));
    const at = ['--api', local.deployment.apiUrl, '--token-file', token];
    const graph = { name: 'limited', nodes: [{ id: 'limited', ...NODE, retry: { maxAttempts: 3 } }] };
    const answer = () => local.user.post('/jobs', { execution_graph: graph });
    expect((await answer()).status).toBe(202);
    const wrong = await cli.run(
      'config',
      'set',
      'retries.limits',
      '[{ node: limited, maxAttempts: 0 }]',
      ...at,
    );
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('maxAttempts')]);
    const limits = '[{ node: limited, maxAttempts: 2 }]';
    const set = await cli.run('config', 'set', 'retries.limits', limits, '--reason', 'a frozen week', ...at);
    expect([set.code, set.stderr]).toEqual([0, '']);
    // Within 30 seconds, in every function that runs.
    await eventually(async () => ((await answer()).status === 400 ? true : undefined), 90_000);
    const { changes } = (await admin.get('/config/history')).body;
    expect(changes).toMatchObject([{ reason: 'a frozen week', changes: [{ key: 'retries.limits' }] }]);
    const { records } = (await admin.get('/audit?action=PUT%20%2Fconfig')).body;
    expect(records).toContainEqual(expect.objectContaining({ principal: 'root', outcome: 'accepted' }));
  }

  async function poison(): Promise<void> {
    const { sqs } = clients();
    const QueueUrl = (await queueDepths(sqs)).find(({ name }) => name === 'jobs')?.url;
    await sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: '{"not":"an input"}', MessageGroupId: 'poisoned' }),
    );
    await eventually(async () => ((await depthOf('jobs dlq')) === 1 ? true : undefined), 120_000);
  }

  async function orphan(): Promise<JobView> {
    const doomed = await startScriptedWorker(local.worker, 'doomed', ['fragile']);
    doomed.follow(() => undefined);
    const node = { id: 'only', ...NODE, timeout: '10m', labels: ['fragile'], retry: ONCE };
    const jobId = await submit(local.user, { name: 'orphaned', nodes: [node] });
    await waitForJob(local.user, jobId, ({ current_nodes }) => current_nodes.includes('only'));
    await doomed.stop();
    const heir = await startScriptedWorker(local.worker, 'heir', ['fragile']);
    try {
      // 45 s of silence and a sweep every minute.
      return await waitForJob(local.user, jobId, isOver, 150_000);
    } finally {
      await heir.stop();
    }
  }

  it('jobs go on while a message is poisoned', async () => {
    const jobId = await submit(local.user, { name: 'meanwhile', nodes: [{ id: 'only', ...NODE }] });
    expect(await waitForJob(local.user, jobId, isOver, 90_000)).toMatchObject({ status: 'succeeded' });
  }, 120_000);

  it(
    'what is configured by hand holds in functions that run already, and is audited; what is wrong is refused',
    () => configured,
    150_000,
  );

  it('a poisoned message ends in the DLQ of its queue', () => poisoned, 150_000);

  it('the work of a worker that died goes to another, and costs the node no try of its own', async () => {
    expect(await orphaned).toMatchObject({
      status: 'succeeded',
      nodes: { only: { attempts: 2, worker_id: 'heir' } },
    });
  }, 240_000);
});

describe('with the fast path switched off', () => {
  beforeAll(() => local.redeploy({ fastPath: 'off' }), 300_000);

  it('the outbox relay performs every effect, and a job runs to its end all the same', async () => {
    const jobId = await submit(local.user, DIAMOND);
    expect(await waitForJob(local.user, jobId, isOver, 60_000)).toMatchObject({ status: 'succeeded' });
    expect((await heardOf(jobId, 1))[0]?.type).toBe('orchestration.execution.started');
  }, 90_000);
});
