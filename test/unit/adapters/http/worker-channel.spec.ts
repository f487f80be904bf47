import { createWorkerChannel } from '../../../../lib/adapters/http/worker-channel';
import type { EngineMessage } from '../../../../lib/contract/worker-socket';
import type { RegisteredWorker } from '../../../../lib/core/ports/registries';

const ref = { jobId: 'j', nodeId: 'a', attempt: 2 };
const work = { kind: 'command', run: 'make' } as const;
const request = { ...ref, work, timeoutMs: 5_000, traceId: 't' };
const connected: RegisteredWorker = {
  ...{ workerId: 'w1', labels: [], slots: 1, lastSeenAt: 1, running: 0 },
  ...{ registration: 'r-1', connectionId: 'c1' },
};

/** A worker that answers so many milliseconds after a call, if at all. */
function world({ status = 202, afterMs = 100, worker = connected as RegisteredWorker | undefined } = {}) {
  let now = 0;
  let calls = 0;
  const posted: { at: number; connectionId: string; message: EngineMessage }[] = [];
  const post = jest.fn(async (connectionId: string, text: string) => {
    posted.push({ at: now, connectionId, message: JSON.parse(text) });
    return true;
  });
  const find = jest.fn(async () => worker);
  const get = jest.fn(async (_worker: unknown, callId: string) => {
    const call = posted.find(({ message }) => 'id' in message && message.id === callId);
    return call !== undefined && now >= call.at + afterMs ? status : undefined;
  });
  const told = jest.fn(async (): Promise<string | undefined> => undefined);
  const channel = createWorkerChannel(
    {
      ...{ workers: { find }, answers: { get, told }, post, answerMs: { submit: 3_000, cancel: 3_000 } },
      newId: () => `call-${++calls}`,
      timing: {
        clock: () => now,
        random: () => 0,
        sleep: async (ms) => {
          now += ms;
        },
      },
    },
    { pool: 'gpu', workerId: 'w1', registration: 'r-1', attemptToken: 'token' },
  );
  return { channel, posted, post, find, get, told, now: () => now };
}

describe('an attempt that is handed over a connection', () => {
  it('is taken when the worker answers so', async () => {
    const { channel, posted, find, get, now } = world();
    expect(await channel.take(request)).toBe('accepted');
    expect(find).toHaveBeenCalledWith('gpu', 'w1');
    const execution = {
      ...{
        job_id: 'j',
        node_id: 'a',
        attempt: 2,
        work,
        timeout_ms: 5_000,
        trace_id: 't',
        attempt_token: 'token',
      },
    };
    expect(posted).toEqual([
      { at: 0, connectionId: 'c1', message: { type: 'submit', id: 'call-1', execution } },
    ]);
    expect(get).toHaveBeenLastCalledWith(expect.objectContaining({ pool: 'gpu', workerId: 'w1' }), 'call-1');
    expect(now()).toBeLessThan(200);
  });

  it('has started with the answer where this is 201', async () => {
    expect(await world({ status: 201 }).channel.take(request)).toBe('started');
  });

  it.each([
    [409, 'UPSTREAM_UNAVAILABLE'],
    [503, 'UPSTREAM_UNAVAILABLE'],
    [400, 'INPUT_INVALID'],
  ])('is not when it answers %i', async (status, code) => {
    const { channel } = world({ status });
    await expect(channel.take(request)).rejects.toMatchObject({ code, context: { status } });
  });

  it('is not when it does not answer in time, and each try is a call of its own', async () => {
    const { channel, posted, now } = world({ afterMs: 60_000 });
    for (let tries = 0; tries < 2; tries++) {
      await expect(channel.take(request)).rejects.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        context: {},
      });
    }
    expect(now()).toBeLessThanOrEqual(6_000);
    expect(posted.map(({ message }) => 'id' in message && message.id)).toEqual(['call-1', 'call-2']);
  });

  it('goes over the connection of the moment, with each try', async () => {
    const { channel, find, posted } = world();
    find.mockResolvedValueOnce({ ...connected, connectionId: 'old' });
    await channel.take(request);
    await channel.take(request);
    expect(posted.map(({ connectionId }) => connectionId)).toEqual(['old', 'c1']);
  });

  it.each([
    ['has no connection', { ...connected, connectionId: undefined } as unknown as RegisteredWorker],
    ['has one that the gateway does not know', connected],
  ])('is not when the worker %s, which may pass', async (what, worker) => {
    const { channel, post, get } = world({ worker });
    if (what.includes('gateway')) post.mockResolvedValue(false);
    await expect(channel.take(request)).rejects.toMatchObject({
      ...{ code: 'UPSTREAM_UNAVAILABLE', context: { isConnected: false } },
    });
    expect(get).not.toHaveBeenCalled();
  });

  it.each([
    ['is registered anew', { ...connected, registration: 'r-2' }],
    ['is held for lost', { ...connected, lostAt: 5 }],
    ['is forgotten', undefined],
  ])('is not when the worker %s, for good', async (_, worker) => {
    const { channel, find, post } = world();
    find.mockResolvedValue(worker);
    await expect(channel.take(request)).rejects.toMatchObject({ code: 'WORKER_NOT_FOUND' });
    expect(post).not.toHaveBeenCalled();
  });

  it.each(['find', 'post', 'get'] as const)('is ours to answer for when %s fails', async (name) => {
    const all = world();
    all[name].mockRejectedValue(new Error('AccessDenied'));
    await expect(all.channel.take(request)).rejects.toMatchObject({
      ...{ code: 'UPSTREAM_UNAVAILABLE', context: { isOurs: true } },
    });
  });
});

it('a cancellation is handed over and answered in the same way', async () => {
  const { channel, posted } = world();
  await channel.cancel(ref, 'enough');
  expect(posted[0]?.message).toEqual({
    ...{ type: 'cancel', id: 'call-1', reason: 'enough' },
    ...{ job_id: 'j', node_id: 'a', attempt: 2 },
  });
  await expect(world({ afterMs: 60_000 }).channel.cancel(ref, 'enough')).rejects.toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
  });
});

it.each([
  [
    'reaches the process that was started since',
    { ...connected, registration: 'r-2', connectionId: 'c2' },
    ['c2'],
  ],
  ['has nothing to end where the worker is held for lost', { ...connected, lostAt: 5 }, []],
  ['has nothing to end where the worker is forgotten', undefined, []],
])('a cancellation %s', async (_, worker, connections) => {
  const { channel, find, posted } = world();
  find.mockResolvedValue(worker);
  await channel.cancel(ref, 'enough');
  expect(posted.map(({ connectionId }) => connectionId)).toEqual(connections);
});

describe('a worker that is asked over its connection', () => {
  const body = { job_id: 'j', node_id: 'a', attempt: 2 };

  it('says how attempts stand, and what it runs', async () => {
    const { channel, posted, told } = world({ status: 200 });
    told.mockResolvedValue(JSON.stringify({ attempts: ['finished'], running: [body] }));
    expect(await channel.ask([ref])).toEqual({ attempts: ['finished'], running: [body] });
    expect(posted.map(({ message }) => message)).toEqual([{ type: 'ask', id: 'call-1', attempts: [body] }]);
  });

  it('of a version that does not answer has said nothing', async () => {
    const { channel } = world({ afterMs: 60_000 });
    await expect(channel.ask([ref])).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});
