import { routedHandler } from '../../../lambdas/runtime/routed';
import { dependencyRoutes } from '../../../lib/api/dependencies';
import { describeError } from '../../../lib/api/errors';
import { notificationRoutes } from '../../../lib/api/notifications';
import { OPERATIONS, type OperationId } from '../../../lib/api/operations';
import { placeOf, type Route, type Served } from '../../../lib/api/route';
import { ROUTES } from '../../../lib/api/routes';
import { SCOPES } from '../../../lib/core/access/scopes';
import type { ErrorCode } from '../../../lib/core/errors';
import { dependencyAt } from '../../../lib/core/messages/address';
import { parseNotifications } from '../../../lib/core/notify/rules';
import { createApp } from '../../../lib/server/app';
import { GROUP } from '../../support/letter-driver';
import { HASH } from '../adapters/aws/machines/registry-world';
import { ANAS, ownedWorld } from '../lambdas/owned-world';
import { request } from '../lambdas/request';

/** What an unknown one of a parameter is answered: a 404 of this code, or what it is in place of one, and why. */
type Row = Readonly<Record<string, ErrorCode | readonly [status: number, why: string]>>;

const job: Row = { jobId: 'JOB_NOT_FOUND' };
const trigger: Row = { name: 'TRIGGER_NOT_FOUND' };
const letters: Row = { group: 'LETTER_NOT_FOUND' };
const target: Row = { name: 'TARGET_NOT_FOUND' };
const dependency: Row = { name: 'DEPENDENCY_NOT_FOUND' };
const pool: Row = { pool: 'POOL_NOT_FOUND' };
const token = [403, 'a token is of one attempt: to whoever has none, nothing is said of attempts'] as const;
const attempt: Row = { jobId: token, nodeId: token, attempt: token };
const early: Row = {
  workerId: [202, 'a worker may be kept off work before it registers, or while it is lost'],
};
const put = 'it is made';

const ROWS: { readonly [Id in OperationId]?: Row } = {
  getJob: job,
  getJobEvents: job,
  getJobGraph: job,
  getJobRetries: job,
  getJobRecoveries: job,
  getJobJUnit: job,
  getJobCtrf: job,
  cancelJob: job,
  pauseJob: job,
  unpauseJob: job,
  retryJob: job,
  rollbackJob: job,
  resumeJob: job,
  setJobPriority: job,
  shareJob: job,
  unshareJob: job,
  explainNode: { ...job, nodeId: 'NODE_NOT_FOUND' },
  reclassifyAttempt: { ...job, nodeId: 'NODE_NOT_FOUND', attempt: 'NODE_NOT_FOUND' },
  getAttemptLog: { ...job, nodeId: 'NODE_NOT_FOUND', attempt: 'NODE_NOT_FOUND' },
  getGraph: { hash: 'GRAPH_NOT_FOUND' },
  getQueue: pool,
  changeQueue: pool,
  getSignature: { signature: [200, 'whoever has a signature asks for its numbers: of none, there are none'] },
  getQuarantine: { id: 'QUARANTINE_NOT_FOUND' },
  putQuarantine: { id: [200, put] },
  deleteQuarantine: { id: 'QUARANTINE_NOT_FOUND' },
  getTrigger: trigger,
  getTriggerEvents: trigger,
  putTrigger: { name: [201, put] },
  deleteTrigger: trigger,
  pauseTrigger: trigger,
  unpauseTrigger: trigger,
  fireTrigger: trigger,
  getDependency: dependency,
  forceDependency: { name: [200, 'it may be down before the first job names it'] },
  resetDependency: dependency,
  getTarget: target,
  testTarget: target,
  acknowledgeAlert: target,
  redriveTarget: target,
  getLetters: letters,
  redriveLetters: letters,
  stopRedrive: letters,
  resolveLetters: letters,
  assignLetters: letters,
  noteLetters: letters,
  heartbeat: { workerId: 'WORKER_NOT_FOUND' },
  cordonWorker: early,
  uncordonWorker: early,
  attemptStarted: attempt,
  attemptProgress: attempt,
  attemptCompleted: attempt,
  attemptFailed: attempt,
  reportAttempts: { workerId: [200, 'each report is refused by itself'] },
  getStreamEvents: { kind: 'STREAM_NOT_FOUND', id: 'STREAM_NOT_FOUND' },
  getTrace: { id: 'TRACE_NOT_FOUND' },
  describeError: { code: 'ROUTE_NOT_FOUND' },
};

const KNOWN: Readonly<Record<string, string>> = {
  ...{ jobId: 'j', nodeId: 'a', attempt: '1', hash: HASH, pool: 'default', group: GROUP, workerId: 'w1' },
  ...{ signature: 'f'.repeat(16), kind: 'job', code: 'INTERNAL' },
};
const NAMED: Readonly<Record<string, string>> = {
  ...{ triggers: 'nightly', dependencies: 'payments', notifications: 'team', quarantines: ANAS, trace: 'j' },
  streams: 'j',
};
const UNKNOWN: Readonly<Record<string, string>> = {
  ...{ hash: '0'.repeat(64), signature: '0'.repeat(16), attempt: '7', kind: 'pool', code: 'NO_SUCH' },
};

const withParams = (Object.entries(ROUTES) as [OperationId, Route][]).filter(([, { name }]) =>
  name.includes('{'),
);
const paramsOf = ({ name }: Route) => [...name.matchAll(/\{(\w+)\}/g)].map(([, each = '']) => each);

function callOf(id: OperationId, unknown: string) {
  const route: Route = ROUTES[id];
  const room = route.name.split('/')[1] ?? '';
  const made = paramsOf(route).map((each) => [
    each,
    each === unknown ? strange(id, each) : known(room, each),
  ]);
  const body = BODIES[id] ?? OPERATIONS[id].example.body ?? {};
  return { route, params: Object.fromEntries(made) as Record<string, string>, body };
}

const known = (room: string, param: string) => KNOWN[param] ?? NAMED[room] ?? 'x';
const strange = (id: OperationId, param: string) =>
  UNKNOWN[param] ?? (/Quarantine$/.test(id) ? '0'.repeat(16) : 'unknown');

/** Where an example speaks of what this world has not. */
const BODIES: { readonly [Id in OperationId]?: object } = {
  retryJob: { nodes: ['a'], reason: 'r' },
  putQuarantine: {
    ...{ of: 'test', name: 'x', owner: 'me', reason: 'r' },
    expires_at: '1970-01-02T00:00:00Z',
  },
};

async function world(): Promise<readonly Served[]> {
  const { served, streams } = await ownedWorld();
  await streams.ask(
    { to: dependencyAt('payments'), message: { type: 'watched', pool: 'default' } },
    { id: 'w', actor: { kind: 'engine', id: 'pool/default' } },
  );
  const rules = parseNotifications(
    'targets: { team: { type: slack, url: { env: S } } }\nrules: []',
    'n.yaml',
  );
  return [
    ...served,
    ...dependencyRoutes({ streams, list: { list: async () => [] } }),
    ...notificationRoutes({ streams, config: async () => rules, clock: () => 5 }),
    describeError(),
  ];
}

type Ask = (
  served: readonly Served[],
  call: ReturnType<typeof callOf>,
) => Promise<readonly [number, unknown]>;

const lambda: Ask = async (served, { route, params, body }) => {
  const scopes = Object.values(SCOPES).join(' ');
  const sent = route.name.startsWith('GET') ? {} : { body };
  const answer = await request(routedHandler(served), { route: route.name, params, scopes, ...sent });
  return [answer.status, answer.body?.code];
};

const daemon: Ask = async (served, { route, params, body }) => {
  const app = createApp({
    ...{ routes: served.filter(({ route }) => !route.open), open: served.filter(({ route }) => route.open) },
    ...{ token: 'right', caller: { subject: 'ana', scopes: Object.values(SCOPES) } },
    ...{ health: async () => ({}), onFault: (_: string, error: unknown) => expect(error).toBeUndefined() },
  });
  const { method, path } = placeOf(route.name);
  const at = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name] ?? ''));
  const headers = { authorization: 'Bearer right', 'content-type': 'application/json' };
  const sent = method === 'GET' ? {} : { body: JSON.stringify(body) };
  const answer = await app.request(at, { method, headers, ...sent });
  return [answer.status, ((await answer.json()) as { code?: string }).code];
};

describe('what nobody knows', () => {
  it('has a row for every parameter of every path', () => {
    const told = Object.entries(ROWS).map(([id, row]) => [id, Object.keys(row)]);
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(withParams.map(([id, route]) => [id, paramsOf(route)])),
    );
  });

  const cases = withParams.flatMap(([id, route]) =>
    Object.entries(ROWS[id] ?? {}).map(
      ([param, wanted]) => [`${param} of ${route.name}`, id, param, wanted] as const,
    ),
  );

  describe.each<[string, Ask]>([
    ['the daemon', daemon],
    ['a function', lambda],
  ])('for %s', (_, ask) => {
    it.each(cases)('is answered as such: %s', async (_name, id, param, wanted) => {
      const [status, code] = await ask(await world(), callOf(id, param));
      if (typeof wanted === 'string') expect([status, code]).toEqual([404, wanted]);
      else expect(status).toBe(wanted[0]);
    });
  });

  // In a job of this world nothing has failed yet, its worker is somebody else's, and nobody has a token of an attempt.
  const sound = withParams.filter(([id]) => !/^(reclassifyAttempt|heartbeat|attempt)/.test(id));

  it.each(sound.map(([id]) => id))('is the only thing that is wrong with these calls: %s', async (id) => {
    const [status] = await lambda(await world(), callOf(id, ''));
    expect(status).not.toBe(404);
  });
});
