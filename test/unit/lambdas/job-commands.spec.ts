import { routedHandler } from '../../../lambdas/runtime/routed';
import { jobCommands } from '../../../lib/api/job-commands';
import { retryJob } from '../../../lib/api/retry-job';
import { rollbackJob } from '../../../lib/api/rollback-job';
import { jobCommandResponse } from '../../../lib/contract/jobs';
import { LIMITS } from '../../../lib/core/limits';
import { jobAt } from '../../../lib/core/messages/address';
import { graph, JobDriver, node } from '../../support/job-driver';
import { LISTED } from './listed-job';
import { request } from './request';

function world(listed = LISTED, { index, state } = submitted) {
  const send = jest.fn(async () => {});
  const jobs = { get: async () => listed };
  const view = async () => ({ index, state }) as never;
  const routes = [
    ...jobCommands({ jobs, streams: { send } }),
    retryJob({ jobs, streams: { send, view } }),
    rollbackJob({ jobs, streams: { send, view } }),
  ];
  return { handler: routedHandler(routes), send };
}
/** The job as its journal says it. */
const submitted = new JobDriver(graph([node('api'), node('browser')]));
submitted.submit();
const to = (command: string) => ({ route: `POST /jobs/{jobId}/${command}`, params: { jobId: 'j' } });

describe.each([
  ['cancel', {}, { type: 'cancel', reason: 'cancelled by request' }],
  ['cancel', { reason: 'enough' }, { type: 'cancel', reason: 'enough' }],
  ['cancel', { force: true }, { type: 'cancel', reason: 'cancelled by request', force: true }],
  ['cancel', { force: false }, { type: 'cancel', reason: 'cancelled by request' }],
  ['pause', {}, { type: 'pause', reason: 'paused by request' }],
  ['pause', { reason: 'broken lab' }, { type: 'pause', reason: 'broken lab' }],
  ['unpause', {}, { type: 'unpause', reason: 'unpaused by request' }],
  ['rollback', {}, { type: 'rollback', reason: 'rolled back by request' }],
  ['rollback', { to: 7, reason: 'wrong' }, { type: 'rollback', to: 7, reason: 'wrong' }],
  ['priority', { priority: 'low' }, { type: 'reprioritise', priority: 'low' }],
])('POST /jobs/{jobId}/%s with %j', (command, body, message) => {
  it('asks the job for it and answers 202', async () => {
    const { handler, send } = world();
    const answer = await request(handler, { ...to(command), body, headers: { 'X-Correlation-Id': 'c1' } });
    expect(answer).toMatchObject({ status: 202, headers: { 'X-Trace-Id': 'c1' } });
    expect(jobCommandResponse.parse(answer.body)).toEqual({ job_id: 'j', status: 'running' });
    expect(send).toHaveBeenCalledWith(
      { to: jobAt('j'), message },
      { id: `${message.type}/r1`, actor: { kind: 'user', id: 'ana' }, traceId: 'c1', correlationId: 'c1' },
    );
  });

  it('is for the owner and administrators only', async () => {
    const { handler, send } = world();
    const bob = { ...to(command), body, subject: 'bob' };
    expect(await request(handler, bob)).toMatchObject({
      status: 404,
      body: { code: 'JOB_NOT_FOUND' },
    });
    expect((await request(handler, { ...bob, scopes: 'orchestration.worker' })).status).toBe(403);
    expect(send).not.toHaveBeenCalled();
    expect((await request(handler, { ...bob, scopes: 'orchestration.admin' })).status).toBe(202);
  });
});

describe('a job that is over', () => {
  const over = ['succeeded', 'failed', 'cancelled'] as const;
  const commands = [
    ['cancel', {}, 'cancelled'],
    ['pause', {}, 'paused'],
    ['unpause', {}, 'unpaused'],
    ['priority', { priority: 'low' }, 'given another priority'],
  ] as const;

  it.each(commands)('is no job to %s: it is told so, with its state', async (command, body, done) => {
    for (const status of over) {
      const { handler, send } = world({ ...LISTED, status });
      expect(await request(handler, { ...to(command), body })).toMatchObject({
        status: 409,
        body: {
          ...{ code: 'STATE_CONFLICT', state: status },
          detail: `the job is ${status}: it cannot be ${done} any more`,
        },
      });
      expect(send).not.toHaveBeenCalled();
    }
  });

  it.each([
    ['share', { user: 'ben' }],
    ['unshare', { user: 'ben' }],
  ])('can be asked for a %s', async (command, body) => {
    for (const status of over)
      expect((await request(world({ ...LISTED, status }).handler, { ...to(command), body })).status).toBe(
        202,
      );
  });
});

describe('a rollback', () => {
  const over = (compensate?: string) => {
    const job = new JobDriver(graph([node('api', compensate === undefined ? {} : { compensate })]));
    job.submit().enterAll();
    job.start('api');
    job.succeed('api');
    expect(job.state.status).toBe('succeeded');
    return job;
  };
  const listed = { ...LISTED, status: 'succeeded' as const };

  it('is asked of a job that is over where there is something to undo', async () => {
    const { handler, send } = world(listed, over('undo it'));
    expect((await request(handler, { ...to('rollback'), body: { reason: 'wrong' } })).status).toBe(202);
    const message = { type: 'rollback', reason: 'wrong' };
    expect(send).toHaveBeenCalledWith({ to: jobAt('j'), message }, expect.anything());
  });

  it('is none where nothing says how it is undone, or nothing did so after the event', async () => {
    for (const [job, body] of [
      [over(), {}],
      [over('undo it'), { to: 1_000 }],
    ] as const) {
      const { handler, send } = world(listed, job);
      expect(await request(handler, { ...to('rollback'), body })).toMatchObject({
        status: 409,
        body: {
          ...{ code: 'STATE_CONFLICT', state: 'succeeded' },
          detail: expect.stringContaining('there is nothing to undo'),
        },
      });
      expect(send).not.toHaveBeenCalled();
    }
  });
});

describe('raising the priority of a job', () => {
  const call = { ...to('priority'), body: { priority: 'critical' } };

  it('needs the scope for it, as it lets the job go before those of others', async () => {
    const { handler, send } = world();
    expect(await request(handler, call)).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('orchestration.priority') },
    });
    expect(send).not.toHaveBeenCalled();
    const scopes = 'orchestration.jobs orchestration.priority';
    expect((await request(handler, { ...call, scopes })).status).toBe(202);
    expect((await request(handler, { ...call, scopes: 'orchestration.admin' })).status).toBe(202);
  });

  it("is what the scope is for, and not another owner's job", async () => {
    const scopes = 'orchestration.jobs orchestration.priority';
    expect((await request(world().handler, { ...call, scopes, subject: 'bob' })).status).toBe(404);
  });
});

describe('having a job tried again', () => {
  const call = { ...to('retry'), body: { nodes: ['api'], reason: 'repaired', level: 2 } };
  const asked = { nodes: ['api'], reason: 'repaired', level: 2 };
  const of = (jobType: NonNullable<typeof LISTED.jobType>) => world({ ...LISTED, jobType });
  const scope = (name: string) => ({ scopes: `orchestration.jobs orchestration.retry.${name}` });

  it('asks the job, with who asks and why', async () => {
    const { handler, send } = world();
    expect(await request(handler, { ...call, ...scope('standard') })).toMatchObject({
      status: 202,
      body: { job_id: 'j', status: 'running' },
    });
    expect(send).toHaveBeenCalledWith(
      { to: jobAt('j'), message: { type: 'retry', ...asked } },
      expect.objectContaining({ id: 'retry/r1', actor: { kind: 'user', id: 'ana' } }),
    );
    const whole = { ...to('retry'), body: {}, ...scope('standard') };
    expect((await request(handler, whole)).status).toBe(202);
    expect(send).toHaveBeenLastCalledWith(
      { to: jobAt('j'), message: { type: 'retry', reason: 'tried again by request' } },
      expect.anything(),
    );
  });

  it('takes the scope of its type, or of one that matters more', async () => {
    const statuses = await Promise.all(
      (['LOW_PRIORITY', 'STANDARD', 'CRITICAL'] as const).flatMap((type) =>
        ['basic', 'standard', 'critical'].map(
          async (name) =>
            (await request(of(type).handler, { ...to('retry'), body: {}, ...scope(name) })).status,
        ),
      ),
    );
    expect(statuses).toEqual([202, 202, 202, 403, 202, 202, 403, 403, 202]);
    const admin = { ...to('retry'), body: {}, scopes: 'orchestration.admin', subject: 'root' };
    expect((await request(of('CRITICAL').handler, admin)).status).toBe(202);
  });

  it('is no use of one that has succeeded, which is told so, and is of one that has not', async () => {
    for (const status of ['failed', 'cancelled', 'running', 'submitted'] as const)
      expect(
        (await request(world({ ...LISTED, status }).handler, { ...call, ...scope('standard') })).status,
      ).toBe(202);
    const { handler, send } = world({ ...LISTED, status: 'succeeded' });
    expect(await request(handler, { ...call, ...scope('standard') })).toMatchObject({
      status: 409,
      body: { code: 'STATE_CONFLICT', state: 'succeeded' },
    });
    expect(send).not.toHaveBeenCalled();
  });

  it('is refused for nodes that the job has not, each by its place', async () => {
    const { handler, send } = world();
    const body = { nodes: ['api', 'ap', 'browser', 'bowser'] };
    expect(await request(handler, { ...to('retry'), body, ...scope('standard') })).toMatchObject({
      status: 404,
      body: {
        ...{ code: 'NODE_NOT_FOUND', detail: 'the job has no node ap: check the id' },
        problems: [
          { path: 'nodes[1]', message: 'the job has no node ap: check the id' },
          { path: 'nodes[3]', message: 'the job has no node bowser: check the id' },
        ],
      },
    });
    const why = 'the job has no node ap: check the id';
    const message = { type: 'retryRefused', ...body, reason: 'tried again by request', why };
    expect(send.mock.calls).toEqual([[{ to: jobAt('j'), message }, expect.anything()]]);
  });

  it('is refused beyond the level of its type, and the job is told who tried', async () => {
    const { handler, send } = of('LOW_PRIORITY');
    const why = 'a LOW_PRIORITY job is tried again up to level 1, and this is level 2';
    expect(await request(handler, { ...call, ...scope('critical') })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN', detail: why },
    });
    expect(send.mock.calls).toEqual([
      [
        { to: jobAt('j'), message: { type: 'retryRefused', ...asked, why } },
        {
          id: 'retryRefused/r1',
          actor: { kind: 'user', id: 'ana' },
          traceId: expect.any(String),
          correlationId: expect.any(String),
        },
      ],
    ]);
  });

  it('of somebody else is refused, and nobody is told', async () => {
    const { handler, send } = world();
    expect((await request(handler, { ...call, ...scope('critical'), subject: 'bob' })).status).toBe(404);
    expect((await request(handler, call)).status).toBe(403);
    expect(send).not.toHaveBeenCalled();
  });
});

describe('a command', () => {
  it('needs no body where it needs no value', async () => {
    const { handler, send } = world();
    expect((await request(handler, to('pause'))).status).toBe(202);
    expect(send).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['priority', {}, 'priority'],
    ['priority', { priority: 'soon' }, 'priority'],
    ['pause', { reason: 'x'.repeat(501) }, 'reason'],
  ])('%s with %j names what is wrong', async (command, body, path) => {
    const { handler, send } = world();
    const answer = await request(handler, { ...to(command), body });
    expect(answer).toMatchObject({ status: 400, body: { problems: [{ path }] } });
    expect(send).not.toHaveBeenCalled();
  });

  it('that there is none of is a fault of the wiring', async () => {
    await expect(request(world().handler, to('constructor'))).rejects.toThrow(
      'no route POST /jobs/{jobId}/constructor',
    );
  });
});

describe('sharing a job', () => {
  const share = (user: string) => ({ ...to('share'), body: { user } });
  const unshare = (user: string) => ({ ...to('unshare'), body: { user } });
  const shared = { ...LISTED, sharedWith: ['ben'] };

  it('is asked of the job, by its owner and by administrators', async () => {
    const { handler, send } = world();
    const expected = expect.objectContaining({ id: 'share/r1', actor: { kind: 'user', id: 'ana' } });
    expect((await request(handler, share('ben'))).status).toBe(202);
    expect(send).toHaveBeenLastCalledWith(
      { to: jobAt('j'), message: { type: 'share', user: 'ben' } },
      expected,
    );
    expect(
      (await request(handler, { ...share('ben'), subject: 'root', scopes: 'orchestration.admin' })).status,
    ).toBe(202);
    expect((await request(handler, unshare('ben'))).status).toBe(202);
    expect(send).toHaveBeenCalledTimes(3);
  });

  it('lets a user give commands, and not share it further', async () => {
    const { handler, send } = world(shared);
    const ben = { subject: 'ben' };
    expect((await request(handler, { ...to('pause'), body: {}, ...ben })).status).toBe(202);
    expect((await request(handler, { ...to('pause'), body: {}, subject: 'eve' })).status).toBe(404);
    send.mockClear();
    for (const call of [share('eve'), unshare('cleo')]) {
      expect(await request(handler, { ...call, ...ben })).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN', detail: expect.stringContaining('only the owner') },
      });
    }
    expect(send).not.toHaveBeenCalled();
    // But they may give up what they have.
    expect((await request(handler, { ...unshare('ben'), ...ben })).status).toBe(202);
  });

  it('asks of a user the scopes that it asks of the owner', async () => {
    const { handler } = world(shared);
    const retry = { ...to('retry'), body: { nodes: ['api'], reason: 'r' }, subject: 'ben' };
    expect((await request(handler, { ...retry, scopes: 'orchestration.jobs' })).status).toBe(403);
    const scopes = 'orchestration.jobs orchestration.retry.standard';
    expect((await request(handler, { ...retry, scopes })).status).toBe(202);
    expect((await request(handler, { ...to('pause'), body: {}, subject: 'ben', scopes: '' })).status).toBe(
      403,
    );
  });

  it.each([
    ['the owner', LISTED, 'ana', 'is the owner of the job'],
    [
      'more users than may be',
      { ...LISTED, sharedWith: Array.from({ length: LIMITS.sharedWith }, (_, i) => `u${i}`) },
      'ben',
      'unshare it first',
    ],
  ])('with %s is refused', async (_, listed, user, message) => {
    const { handler, send } = world(listed);
    expect(await request(handler, share(user))).toMatchObject({
      status: 400,
      body: {
        code: 'INPUT_INVALID',
        problems: [{ path: 'user', message: expect.stringContaining(message) }],
      },
    });
    expect(send).not.toHaveBeenCalled();
  });
});
