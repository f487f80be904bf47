import { apiHandler } from '../../../lambdas/runtime/http';
import { createServer } from '../../../lib/agent/server';
import { errorAnswer } from '../../../lib/api/http-errors';
import { type Route, type Served, serve } from '../../../lib/api/route';
import { ROUTES } from '../../../lib/api/routes';
import { problemDetails } from '../../../lib/contract/errors';
import { parse } from '../../../lib/contract/read';
import { SCOPES } from '../../../lib/core/access/scopes';
import { ERRORS } from '../../../lib/core/errors';
import { LIMITS } from '../../../lib/core/limits';
import { parametersSchema } from '../../../lib/core/model/parameters';
import { createApp } from '../../../lib/server/app';
import { request } from '../lambdas/request';

/** A call as it comes over the wire. */
interface Call {
  readonly route: Route;
  readonly text: string | Uint8Array;
  readonly params?: Readonly<Record<string, string>>;
}
type Host = (
  call: Call,
) => Promise<{ readonly status: number; readonly code: string; readonly message: string }>;

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

const scopes = Object.values(SCOPES);
const params = {
  ...{
    jobId: 'j',
    nodeId: 'a',
    attempt: '1',
    pool: 'default',
    name: 'n',
    workerId: 'w',
    group: 'g',
    id: '0123456789abcdef',
  },
  hash: '0'.repeat(64),
  ...{ id: 'a'.repeat(16), signature: 'a'.repeat(16) },
};
const stub = (route: Route): Served =>
  serve(route, async ({ body }) => ({
    status: 200,
    body: { code: 'TAKEN', detail: JSON.stringify(body) },
  }));
const routes: readonly Route[] = Object.values<Route>(ROUTES);
const told = (status: number, body: unknown) => {
  const { code, detail } = body as { code: string; detail: string };
  return { status, code, message: detail };
};

const app = createApp({
  ...{ routes: routes.map(stub), token: 'right', caller: { subject: 'ana', scopes } },
  ...{ health: async () => ({}), onFault: () => undefined },
});

const daemon: Host = async ({ route, text, params: own = {} }) => {
  const [method = '', path = ''] = route.name.split(' ');
  const all: Readonly<Record<string, string>> = { ...params, ...own };
  const to = path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(all[key] ?? ''));
  const headers = { authorization: 'Bearer right', 'content-type': 'application/json' };
  const response = await app.request(to, { method, headers, body: text as string });
  return told(response.status, await response.json());
};

const lambda: Host = async ({ route, text, params: own = {} }) => {
  const isText = typeof text === 'string';
  const { status, body } = await request(apiHandler(stub(route)), {
    text: isText ? text : Buffer.from(text).toString('base64'),
    isBase64Encoded: !isText,
    params: { ...params, ...own },
    scopes: scopes.join(' '),
  });
  return told(status, body);
};

const hosts: readonly (readonly [string, Host])[] = [
  ['the daemon', daemon],
  ['a function', lambda],
];
const takers = routes.filter(({ name }) => !name.startsWith('GET') && !name.startsWith('DELETE'));
const cases = hosts.flatMap(([name, host]) =>
  takers.map((route) => [route.name, name, { route, host }] as const),
);
/** One route with a graph, one without. */
const sized = cases.filter(([, , { route }]) => route === ROUTES.submitJob || route === ROUTES.attemptFailed);
const deep = (levels: number) => `{"detail":${'['.repeat(levels)}${']'.repeat(levels)}}`;

describe('a body of any route', () => {
  it.each(cases)(
    '%s of %s is refused when it is nested too deeply',
    async (_name, _host, { route, host }) => {
      for (const levels of [LIMITS.nesting, 50_000]) {
        const { status, code, message } = await host({ route, text: deep(levels) });
        expect([status, code]).toEqual([400, 'INPUT_INVALID']);
        expect(message).toBe(`the body is nested ${levels + 1} levels deep, more than ${LIMITS.nesting}`);
      }
    },
  );

  it.each(sized)('%s of %s is refused when it has too many bytes', async (_name, _host, { route, host }) => {
    const { bytes } = route.bounds;
    const answer = await host({ route, text: `"${'x'.repeat(bytes)}"` });
    expect(answer).toEqual({
      ...{ status: 413, code: 'INPUT_TOO_LARGE', message: `the body is larger than ${bytes} bytes` },
    });
  });

  it.each(sized)(
    '%s of %s is refused when it holds too many values',
    async (_name, _host, { route, host }) => {
      const { values } = route.bounds;
      const { status, message } = await host({ route, text: `[${'1,'.repeat(values)}1]` });
      expect([status, message]).toEqual([413, `the body holds ${values + 2} values, more than ${values}`]);
    },
  );

  it.each(cases)('%s of %s is refused when it is not UTF-8', async (_name, _host, { route, host }) => {
    const { status, message } = await host({ route, text: Buffer.from('{"reason":"caf\xe9"}', 'latin1') });
    expect([status, message]).toEqual([400, 'the body is not UTF-8 (line 1): save it as UTF-8']);
  });

  it.each(cases)('%s of %s is refused when it is no JSON', async (_name, _host, { route, host }) => {
    const { status, code, message } = await host({ route, text: '{"a":' });
    expect([status, code, message]).toEqual([400, 'INPUT_INVALID', 'The body is not valid JSON.']);
  });
});

const by = { worker_id: 'w' };
const progress = (percentage: unknown) => JSON.stringify({ ...by, percentage });
const failed = (failure: object, duration_ms: unknown = 1) => JSON.stringify({ ...by, duration_ms, failure });
const exit = { kind: 'exit', message: '' };

describe.each(hosts)('%s', (_, host) => {
  it.each<[string, Route, string]>([
    ['progress past a hundred', ROUTES.attemptProgress, progress(101)],
    ['progress without end', ROUTES.attemptProgress, `{"worker_id":"w","percentage":1e999}`],
    ['progress as text', ROUTES.attemptProgress, progress('40')],
    [
      'a message of progress of any length',
      ROUTES.attemptProgress,
      JSON.stringify({ ...by, percentage: 1, message: 'x'.repeat(501) }),
    ],
    ['a signal of any length', ROUTES.attemptFailed, failed({ ...exit, signal: 'S'.repeat(33) })],
    ['a signal that is no word', ROUTES.attemptFailed, failed({ ...exit, signal: 'SIG KILL\n' })],
    ['an exit status that no system has', ROUTES.attemptFailed, failed({ ...exit, exitCode: 2 ** 32 })],
    ['an exit status that is no whole number', ROUTES.attemptFailed, failed({ ...exit, exitCode: 0.5 })],
    [
      'a duration without end',
      ROUTES.attemptFailed,
      `{"worker_id":"w","duration_ms":1e999,"failure":${JSON.stringify(exit)}}`,
    ],
    [
      'outputs of more bytes than a node may hand on',
      ROUTES.attemptCompleted,
      JSON.stringify({ ...by, duration_ms: 1, outputs: { a: 'x'.repeat(LIMITS.outputBytes) } }),
    ],
    [
      'outputs of more names',
      ROUTES.attemptCompleted,
      JSON.stringify({
        ...by,
        duration_ms: 1,
        outputs: Object.fromEntries(Array.from({ length: LIMITS.outputNames + 1 }, (_, i) => [`n${i}`, 1])),
      }),
    ],
    ['a reason of several lines', ROUTES.cancelJob, JSON.stringify({ reason: 'one\ntwo' })],
    ['a reason that moves a cursor', ROUTES.cordonWorker, JSON.stringify({ reason: '\u001b[2J' })],
    ['more jobs at once than anybody has', ROUTES.changeQueue, JSON.stringify({ max_running_jobs: 1e9 })],
    ['a part of a job at once', ROUTES.changeQueue, JSON.stringify({ max_running_jobs: 1.5 })],
    ['a source of several lines', ROUTES.putEvent, JSON.stringify({ source: 'a\nb', 'detail-type': 't' })],
    [
      'an event of more bytes than a bus takes',
      ROUTES.putEvent,
      JSON.stringify({ source: 'a', 'detail-type': 't', detail: { a: 'x'.repeat(LIMITS.eventBytes) } }),
    ],
    [
      'an id of an event that is no line',
      ROUTES.putEvent,
      JSON.stringify({ source: 'a', 'detail-type': 't', id: 'a\r\nb' }),
    ],
    [
      'more parameters than are read',
      ROUTES.submitJob,
      JSON.stringify({
        graph_hash: '0'.repeat(64),
        parameters: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`p${i}`, ''])),
      }),
    ],
    ['a deadline without end', ROUTES.submitJob, `{"graph_hash":"${'0'.repeat(64)}","deadline":1e999}`],
    [
      'more resources than a worker has',
      ROUTES.registerWorker,
      JSON.stringify({
        worker_id: 'w',
        labels: [],
        slots: 1,
        endpoint: 'http://w',
        resources: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`r${i}`, 1])),
      }),
    ],
    [
      'a label of several lines',
      ROUTES.registerWorker,
      JSON.stringify({ worker_id: 'w', labels: ['a\nb'], slots: 1, endpoint: 'http://w' }),
    ],
    [
      'an address of any length',
      ROUTES.registerWorker,
      JSON.stringify({ worker_id: 'w', labels: [], slots: 1, endpoint: `http://w/${'x'.repeat(2_048)}` }),
    ],
    ['more running attempts than can be', ROUTES.heartbeat, JSON.stringify({ running: 1e12 })],
  ])('refuses %s', async (_name, route, text) => {
    const { status, code } = await host({ route, text });
    expect([status, code]).toEqual([400, 'INPUT_INVALID']);
  });

  it('refuses an attempt past all numbering', async () => {
    const call = { route: ROUTES.attemptStarted, text: JSON.stringify(by), params: { attempt: '1e15' } };
    expect(await host(call)).toMatchObject({ status: 400, code: 'INPUT_INVALID' });
  });

  it('takes what is just inside of its bounds', async () => {
    const text = failed({ ...exit, signal: 'SIGRTMIN+3', exitCode: 2 ** 32 - 1 }, 0.5);
    expect(await host({ route: ROUTES.attemptFailed, text })).toMatchObject({ status: 200, code: 'TAKEN' });
  });
});

describe('an answer', () => {
  it('lists the first hundred problems, and says how many more there are', () => {
    const parameters = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`no name ${i}`, '']));
    const { status, body } = errorAnswer(
      thrownBy(() => parse(parametersSchema, parameters)),
      { traceId: 't', instance: '/jobs' },
    );
    expect(status).toBe(400);
    expect(body.detail).toMatch(/^\["no name 0"\]: must be a name.* \(and 149 more problems\)$/);
    expect([body.problems?.length, body.more_problems]).toEqual([100, 50]);
    expect(problemDetails.parse(body)).toEqual(body);
  });

  it('does not speak of more where there are none', () => {
    const { body } = errorAnswer(
      thrownBy(() => parse(parametersSchema, { 'a b': '' })),
      { traceId: 't', instance: '/jobs' },
    );
    expect(body).toEqual({
      ...{ type: '/errors/INPUT_INVALID', title: ERRORS.INPUT_INVALID.means, status: 400, instance: '/jobs' },
      ...{ code: 'INPUT_INVALID', mend: ERRORS.INPUT_INVALID.mend, trace_id: 't' },
      detail: expect.stringMatching(/^\["a b"\]: must be a name/),
      problems: [
        {
          ...{ code: 'INPUT_INVALID', path: '["a b"]', message: expect.stringContaining('must be a name') },
          mend: ERRORS.INPUT_INVALID.mend,
        },
      ],
    });
  });
});

describe('a worker', () => {
  const accepted: unknown[] = [];
  const worker = createServer({
    engine: { status: async () => 'unknown', cancel: async () => undefined, results: async () => undefined },
    accept: async (body) => {
      accepted.push(body);
      return 'accepted';
    },
    dispatchToken: () => 'right',
    running: () => [],
    load: () => ({ running: 0, slots: 1 }),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const attempt = {
    ...{ job_id: 'j', node_id: 'a', attempt: 1, work: { kind: 'command', run: 'true' } },
    ...{ timeout_ms: 1_000, trace_id: 't', attempt_token: 'secret' },
  };
  const post = async (body: string | Uint8Array, path = '/executions') => {
    const headers = { authorization: 'Bearer right', 'content-type': 'application/json' };
    const response = await worker.request(path, { method: 'POST', headers, body: body as string });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it.each<[string, object]>([
    ['a timeout past the range of timers, which would end at once', { timeout_ms: 2 ** 31 }],
    ['a timeout of part of a millisecond', { timeout_ms: 0.5 }],
    ['a token that no header carries', { attempt_token: 'a\r\nX-Other: b' }],
    ['a token in another alphabet', { attempt_token: 'gehüm' }],
    ['a token of any length', { attempt_token: 'x'.repeat(513) }],
    ['a trace id of several lines', { trace_id: 'a\nb' }],
    ['an attempt past all numbering', { attempt: 1e15 }],
    ['a command of any length', { work: { kind: 'command', run: 'x'.repeat(LIMITS.runLength + 1) } }],
  ])('refuses %s', async (_, part) => {
    const { status, body } = await post(JSON.stringify({ ...attempt, ...part }));
    expect([status, body]).toMatchObject([400, { code: 'INPUT_INVALID' }]);
    expect(accepted).toEqual([]);
  });

  it.each(['/executions', '/executions/j/a/1/cancel'])('refuses hostile bodies of %s', async (path) => {
    expect(await post(deep(50_000), path)).toMatchObject({
      status: 400,
      body: { code: 'INPUT_INVALID' },
    });
    const large = await post(`"${'x'.repeat(LIMITS.bodyBytes)}"`, path);
    expect(large).toMatchObject({ status: 413, body: { code: 'INPUT_TOO_LARGE' } });
    expect(await post(Buffer.from([0xff, 0xfe]), path)).toMatchObject({ status: 400 });
  });

  it('takes an attempt at the end of its bounds', async () => {
    const longest = { timeout_ms: LIMITS.durationMs, attempt_token: 'x'.repeat(512) };
    expect(await post(JSON.stringify({ ...attempt, ...longest }))).toMatchObject({ status: 202 });
    expect(accepted).toHaveLength(1);
  });
});
