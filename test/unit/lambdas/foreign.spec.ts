import { logger } from '../../../lambdas/runtime/telemetry';
import type { Route } from '../../../lib/api/route';
import { ROUTES } from '../../../lib/api/routes';
import { attemptToken } from '../../../lib/core/access/attempt-token';
import { GROUP } from '../../support/letter-driver';
import { HASH } from '../adapters/aws/machines/registry-world';
import { ANAS, ownedWorld, SECRET } from './owned-world';
import { type Answer, request } from './request';

const NOBODYS = '0'.repeat(64);
const OTHER = 'b'.repeat(16);
const execution_graph = { name: 'g', nodes: [{ id: 'a', run: 'x' }] };

interface Case {
  /** The id that exists and is somebody else's, and one that does not exist. */
  readonly ids: readonly [foreign: string, unknown: string];
  readonly params: (id: string) => Record<string, string>;
  readonly body?: unknown;
  readonly scopes?: string;
  /** What both are answered. */
  readonly status: number;
}

const ofJob = (body: unknown = {}): Case => ({
  ...{ ids: ['j', 'nobodys-job'], params: (jobId) => ({ jobId }), body, status: 404 },
});
const ofTrigger = (status = 404, body: unknown = {}): Case => ({
  ...{ ids: ['nightly', 'weekly'], params: (name) => ({ name }), body, status },
});
const ofLetters = (body: unknown = {}): Case => ({
  ...{ ids: [GROUP, 'nobodys-letters'], params: (group) => ({ group }), body, status: 404 },
});
const ofWorker = (status: number, scopes: string, body: unknown): Case => ({
  ...{ ids: ['w1', 'w2'], params: (workerId) => ({ workerId }), body, scopes, status },
});
const report = { worker_id: 'w1', duration_ms: 1 };
const ofAttempt = (body: unknown): Case => ({
  ...{
    ids: ['j', 'nobodys-job'],
    params: (jobId) => ({ jobId, nodeId: 'a', attempt: '1' }),
    body,
    status: 403,
  },
  scopes: 'orchestration.worker',
});
/** Pools, dependencies and errors are everyone's, and so are the numbers of a signature: there is nothing to hide. */
const ofAll = 'everyone’s';

const CASES: { readonly [name in keyof typeof ROUTES]?: Case | typeof ofAll } = {
  getJob: ofJob(),
  getJobEvents: ofJob(),
  getJobGraph: ofJob(),
  getJobRetries: ofJob(),
  getJobRecoveries: ofJob(),
  getJobJUnit: ofJob(),
  getJobCtrf: ofJob(),
  getAttemptLog: { ...ofJob(), params: (jobId) => ({ jobId, nodeId: 'a', attempt: '1' }) },
  getTrace: { ...ofJob(), params: (id) => ({ id }) },
  getStreamEvents: { ...ofJob(), params: (id) => ({ kind: 'job', id }), status: 403 },
  cancelJob: ofJob(),
  pauseJob: ofJob(),
  unpauseJob: ofJob(),
  resumeJob: { ...ofJob({ from: ['a'] }), scopes: 'orchestration.jobs orchestration.retry.critical' },
  retryJob: { ...ofJob({ nodes: ['a'] }), scopes: 'orchestration.jobs orchestration.retry.critical' },
  rollbackJob: ofJob({ reason: 'r' }),
  explainNode: { ...ofJob(), params: (jobId) => ({ jobId, nodeId: 'a' }) },
  reclassifyAttempt: {
    ...ofJob({ class: 'network', reason: 'r' }),
    params: (jobId) => ({ jobId, nodeId: 'a', attempt: '1' }),
  },
  describeError: ofAll,
  getSignature: ofAll,
  getQuarantine: { ids: [ANAS, OTHER], params: (id) => ({ id }), status: 404 },
  putQuarantine: {
    ...{ ids: [ANAS, OTHER], params: (id) => ({ id }), status: 200 },
    body: { of: 'test', name: 'x', owner: 'me', reason: 'r', expires_at: '1970-01-02T00:00:00Z' },
  },
  deleteQuarantine: { ids: [ANAS, OTHER], params: (id) => ({ id }), status: 404 },
  setJobPriority: ofJob({ priority: 'critical' }),
  shareJob: ofJob({ user: 'mallory' }),
  unshareJob: ofJob({ user: 'mallory' }),
  getGraph: { ids: [HASH, NOBODYS], params: (hash) => ({ hash }), status: 404 },
  getQueue: ofAll,
  getTarget: ofAll,
  testTarget: ofAll,
  acknowledgeAlert: ofAll,
  redriveTarget: ofAll,
  getDependency: ofAll,
  forceDependency: ofAll,
  resetDependency: ofAll,
  changeQueue: ofAll,
  getTrigger: ofTrigger(),
  getTriggerEvents: ofTrigger(),
  putTrigger: ofTrigger(201, { on: { schedule: { cron: '0 0 * * *' } }, job: { execution_graph } }),
  deleteTrigger: ofTrigger(),
  pauseTrigger: ofTrigger(),
  unpauseTrigger: ofTrigger(),
  fireTrigger: ofTrigger(),
  getLetters: ofLetters(),
  redriveLetters: { ...ofLetters(), scopes: 'orchestration.jobs orchestration.retry.critical' },
  stopRedrive: ofLetters(),
  resolveLetters: ofLetters({ how: 'skip' }),
  assignLetters: ofLetters({ to: 'eve' }),
  noteLetters: ofLetters({ text: 't' }),
  heartbeat: ofWorker(404, 'orchestration.worker', { running: 0, draining: true }),
  cordonWorker: ofWorker(403, 'orchestration.jobs', { reason: 'x' }),
  uncordonWorker: ofWorker(403, 'orchestration.jobs', {}),
  attemptStarted: ofAttempt({ worker_id: 'w1' }),
  attemptProgress: ofAttempt({ worker_id: 'w1', percentage: 1 }),
  attemptCompleted: ofAttempt({ ...report, outputs: {} }),
  attemptFailed: ofAttempt({ ...report, failure: { kind: 'exit', message: 'x' } }),
  // Each report is refused by itself.
  reportAttempts: ofWorker(200, 'orchestration.worker', {
    reports: ['j', 'nobodys-job'].map((job_id) => ({
      ...{ job_id, node_id: 'a', attempt: 1, attempt_token: 'made-up' },
      ...{ callback: 'started', body: { worker_id: 'w1' } },
    })),
  }),
};

const withIds = Object.entries(ROUTES as Record<string, Route>).filter(([, { name }]) => name.includes('{'));

describe('what is somebody else’s is answered as what is not there', () => {
  it('by every route that takes an id', () => {
    expect(Object.keys(CASES).sort()).toEqual(withIds.map(([key]) => key).sort());
  });

  const cases = withIds.flatMap(([key, route]) => {
    const each = CASES[key as keyof typeof CASES];
    return each === undefined || each === ofAll ? [] : [[route.name, each] as const];
  });

  it.each(cases)('%s', async (route, { ids, params, body, scopes = 'orchestration.jobs', status }) => {
    const { handler, told } = await ownedWorld();
    const answers: Answer[] = [];
    for (const id of ids) {
      // A token of the caller's own attempt proves nothing about another one.
      const own = attemptToken(SECRET, { jobId: 'own', nodeId: 'a', attempt: 1 }, 'w1');
      const headers = { 'X-Trace-Id': 'trace', 'X-Correlation-Id': 'call', 'X-Attempt-Token': own };
      answers.push(
        await request(handler, {
          ...{ route, params: params(id), body, scopes, headers },
          subject: 'mallory',
        }),
      );
    }
    const [foreign, unknown] = answers as [Answer, Answer];
    expect([foreign.status, unknown.status]).toEqual([status, status]);
    const text = JSON.stringify(unknown.body).replaceAll(ids[1], ids[0]);
    expect(JSON.parse(text)).toEqual(foreign.body);
    expect(foreign.headers).toEqual(unknown.headers);
    expect(told).toEqual([]);
  });

  it('though the log says whose it was that somebody asked for', async () => {
    const { handler } = await ownedWorld();
    const warn = jest.spyOn(logger, 'warn').mockImplementation(() => {});
    const call = { route: 'POST /jobs/{jobId}/cancel', subject: 'mallory' };
    await request(handler, { ...call, params: { jobId: 'nobodys-job' } });
    expect(warn).not.toHaveBeenCalled();
    await request(handler, { ...call, params: { jobId: 'j' } });
    const reason = 'JOB_NOT_FOUND: it belongs to another owner';
    expect(warn.mock.calls).toEqual([['refused', { route: call.route, subject: 'mallory', reason }]]);
    warn.mockRestore();
  });

  it('and by none that takes an owner, but to administrators', async () => {
    const { handler } = await ownedWorld();
    const call = { route: 'GET /triggers/{name}', params: { name: 'nightly' }, query: { owner: 'ana' } };
    expect(await request(handler, { ...call, subject: 'mallory' })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
    const root = { subject: 'root', scopes: 'orchestration.admin' };
    expect(await request(handler, { ...call, ...root })).toMatchObject({
      status: 200,
      body: { name: 'nightly' },
    });
    const pause = { ...call, route: 'POST /triggers/{name}/pause', body: {} };
    expect(await request(handler, { ...pause, ...root })).toMatchObject({ body: { status: 'paused' } });
    // Named by their owner only: an administrator has triggers of their own.
    expect((await request(handler, { ...call, query: {}, ...root })).status).toBe(404);
  });
});
