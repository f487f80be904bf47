import { createDispatch, type DispatchDeps } from '../../../lambdas/dispatch/dispatch';
import { passOnUnconfirmed } from '../../../lambdas/outbox-relay/catch';
import { attemptToken, dispatchToken } from '../../../lib/core/access/attempt-token';
import { RepriseError } from '../../../lib/core/errors';
import { jobAt, poolAt } from '../../../lib/core/messages/address';
import type { AttemptRequest } from '../../../lib/core/ports/execution';
import type { StreamSender } from '../../../lib/core/ports/streams';
import { BEATS_KEPT } from '../../../lib/core/recovery/detector';
import { sweepPools } from '../../../lib/core/recovery/sweep';
import { graph, node } from '../../support/job-driver';

/** What a pool knows of these workers, none of which said which registration it is. */
const knowing = (...ids: string[]) => new Map(ids.map((id) => [id, {}]));

describe('dispatch', () => {
  const ref = { jobId: 'j', nodeId: 'a', attempt: 1 };
  const work = {
    ...ref,
    owner: 'ana',
    graphHash: 'h',
    labels: [],
    slots: 1,
    priority: 'normal' as const,
    rank: 1,
    timeoutMs: 5_000,
    readyAt: 1,
    traceId: 't',
  };
  const message = {
    kind: 'dispatch' as const,
    id: 'pool/gpu/7',
    pool: 'gpu',
    work,
    workerId: 'w1',
    endpoint: 'http://w1',
  };

  function world(submit: () => Promise<'started' | undefined>) {
    const send = jest.fn(async () => {});
    const sleep = jest.fn(async () => {});
    const connect = jest.fn(() => ({
      take: jest.fn(async () => (await submit()) ?? ('accepted' as const)),
      cancel: jest.fn(async () => void (await submit())),
    }));
    const deps: DispatchDeps = {
      graphs: { get: async () => graph([node('a')]) },
      streams: { send },
      secret: async () => 's',
      connect,
      timing: { clock: () => 0, random: () => 0.5, sleep },
      log: { warn: () => {} },
      onDispatch: () => {},
    };
    return { deps, send, sleep, connect };
  }

  it('asks the worker with the tokens of this worker and this attempt', async () => {
    const { deps, send, connect } = world(async () => {});
    await createDispatch(deps)(message);
    expect(connect).toHaveBeenCalledWith({
      ...{ pool: 'gpu', workerId: 'w1', endpoint: 'http://w1' },
      dispatchToken: dispatchToken('s', 'w1'),
      attemptToken: attemptToken('s', ref, 'w1'),
    });
    expect(send).not.toHaveBeenCalled();
  });

  it('asks for some tests of the work of the graph, where the pool says so', async () => {
    const take = jest.fn(async (_: AttemptRequest) => 'accepted' as const);
    const { deps } = world(async () => undefined);
    const connect = () => ({ take, cancel: async () => undefined });
    const tests = [{ runner: 'jest', suites: [], title: 't' }];
    await createDispatch({ ...deps, connect })({ ...message, work: { ...work, tests } });
    expect(take.mock.calls[0]?.[0].work).toEqual({
      ...{ kind: 'command', run: 'run a', tests },
      variables: { TRACEPARENT: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/) },
    });
  });

  it('tells the job what the worker answered: that the attempt has started, as its own report would', async () => {
    const { deps, send } = world(async () => 'started');
    await createDispatch(deps)(message);
    const { nodeId, attempt } = ref;
    const told = {
      to: jobAt(ref.jobId),
      message: { type: 'attemptStarted', nodeId, attempt, workerId: 'w1' },
    };
    expect(send.mock.calls).toEqual([
      [told, { id: 'callback/j/a/1/started', actor: { kind: 'worker', id: 'w1' }, traceId: 't' }],
    ]);
  });

  it('comes again when the job cannot be told that', async () => {
    const { deps } = world(async () => 'started');
    const send = async () => Promise.reject(new RepriseError('UPSTREAM_UNAVAILABLE', 'SQS'));
    await expect(createDispatch({ ...deps, streams: { send } })(message)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });

  it('asks it as it registered, so that an earlier process of the same id takes nothing', async () => {
    const { deps, connect } = world(async () => {});
    await createDispatch(deps)({ ...message, registration: 'r-2' });
    expect(connect).toHaveBeenCalledWith({
      ...{ pool: 'gpu', workerId: 'w1', registration: 'r-2', endpoint: 'http://w1' },
      dispatchToken: dispatchToken('s', 'w1', 'r-2'),
      attemptToken: attemptToken('s', ref, 'w1', 'r-2'),
    });
    const tokens = [undefined, 'r-1', 'r-2'].map((registration) => dispatchToken('s', 'w1', registration));
    expect(new Set(tokens).size).toBe(3);
  });

  it.each([
    [
      new RepriseError('INPUT_INVALID', 'secret of the worker', { context: { status: 418 } }),
      'it answered 418',
    ],
    [
      new RepriseError('UPSTREAM_UNAVAILABLE', 'http://10.0.0.1 answered 503: secret', {
        context: { status: 503 },
      }),
      'it answered 503',
    ],
    [new RepriseError('UPSTREAM_UNAVAILABLE', 'connect ECONNREFUSED 10.0.0.1 secret'), 'it did not answer'],
    [new RepriseError('ENDPOINT_REFUSED', 'secret'), 'its address is none that the engine may call'],
    [new RepriseError('INPUT_INVALID', 'secret'), 'it answered in another form than that of the contract'],
    [new TypeError('secret'), 'it answered in another form than that of the contract'],
  ])(
    'tells the job in its own words why it was not taken, and nothing that the worker said: %s',
    async (error, words) => {
      const warn = jest.fn();
      const { deps, send } = world(async () => Promise.reject(error));
      await createDispatch({ ...deps, log: { warn } })(message);
      const reason = `w1 did not take the attempt: ${words}`;
      expect(send).toHaveBeenCalledWith(
        { to: poolAt('gpu'), message: expect.objectContaining({ reason }) },
        expect.anything(),
      );
      expect(JSON.stringify(send.mock.calls)).not.toContain('secret');
      expect(warn).toHaveBeenCalledWith(expect.any(String), expect.objectContaining({ error }));
    },
  );

  it('gives the lease back to its pool when the worker does not answer, after three tries', async () => {
    const submit = jest.fn(async () => Promise.reject(new RepriseError('UPSTREAM_UNAVAILABLE', 'refused')));
    const { deps, send, sleep } = world(submit);
    await createDispatch(deps)(message);
    expect(submit).toHaveBeenCalledTimes(3);
    expect(sleep).toHaveBeenCalledTimes(2);
    expect(send).toHaveBeenCalledWith(
      {
        to: poolAt('gpu'),
        message: {
          type: 'dispatchFailed',
          ...ref,
          workerId: 'w1',
          reason: expect.stringContaining('w1 did not take the attempt'),
        },
      },
      { id: 'pool/gpu/7/refused', actor: { kind: 'engine', id: 'dispatch' }, traceId: 't' },
    );
  });

  it('gives it back at once when the worker refuses', async () => {
    const submit = jest.fn(async () => Promise.reject(new RepriseError('UNAUTHENTICATED', 'who?')));
    const { deps, send } = world(submit);
    await createDispatch(deps)(message);
    expect(submit).toHaveBeenCalledTimes(1);
    expect(send).toHaveBeenCalledTimes(1);
  });

  describe('to a worker that pulls', () => {
    const { endpoint: _, ...pulled } = message;
    const failing = (context: Record<string, unknown>) => {
      const submit = jest.fn(async () =>
        Promise.reject(new RepriseError('UPSTREAM_UNAVAILABLE', 'no', { context })),
      );
      const { deps, send } = world(async () => {});
      const cancel = jest.fn(async () => {});
      return { submit, cancel, send, deps: { ...deps, connect: () => ({ take: submit, cancel }) } };
    };

    it('addresses it by its pool, which knows over which connection', async () => {
      const { deps, connect } = world(async () => {});
      await createDispatch(deps)({ ...pulled, registration: 'r-2' });
      const tokens = {
        dispatchToken: dispatchToken('s', 'w1', 'r-2'),
        attemptToken: attemptToken('s', ref, 'w1', 'r-2'),
      };
      expect(connect).toHaveBeenCalledWith({ pool: 'gpu', workerId: 'w1', registration: 'r-2', ...tokens });
    });

    it('takes back what was not answered, as it may come late, and then gives the lease back', async () => {
      const { deps, submit, cancel, send } = failing({});
      await createDispatch(deps)(pulled);
      expect(submit).toHaveBeenCalledTimes(3);
      expect(cancel).toHaveBeenCalledTimes(1);
      expect(cancel).toHaveBeenCalledWith(work, 'the engine gave the attempt to another worker');
      expect(send).toHaveBeenCalledTimes(1);
    });

    it.each([
      ['is not connected', { isConnected: false }, 'it is not connected'],
      ['is full', { status: 409 }, 'it answered 409'],
    ])('gives the lease back when it %s, and takes nothing back', async (_what, context, words) => {
      const { deps, cancel, send } = failing(context);
      await createDispatch(deps)(pulled);
      expect(cancel).not.toHaveBeenCalled();
      const reason = `w1 did not take the attempt: ${words}`;
      expect(send).toHaveBeenCalledWith(
        expect.objectContaining({ message: expect.objectContaining({ reason }) }),
        expect.anything(),
      );
    });

    it('leaves the message to the queue when a service of ours fails, and does not blame the worker', async () => {
      const { deps, send } = failing({ isOurs: true });
      await expect(createDispatch(deps)(pulled)).rejects.toMatchObject({ context: { isOurs: true } });
      expect(send).not.toHaveBeenCalled();
    });
  });

  it('waits no longer than it has time for, whatever the worker asks', async () => {
    const context = { retryAfterMs: 60_000 };
    const submit = jest.fn(async () =>
      Promise.reject(new RepriseError('UPSTREAM_UNAVAILABLE', 'busy', { context })),
    );
    const { deps, send, sleep } = world(submit);
    await createDispatch(deps)(message);
    expect(sleep).not.toHaveBeenCalled();
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('leaves the message to the queue when the fault is on our side', async () => {
    const { deps, send } = world(async () => {});
    const get = async () => Promise.reject(new RepriseError('UPSTREAM_UNAVAILABLE', 'S3'));
    await expect(createDispatch({ ...deps, graphs: { get } })(message)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect(send).not.toHaveBeenCalled();
  });
});

describe('the outbox relay over the stream', () => {
  const inserted = (pk: string, sk: string, eventName: 'INSERT' | 'MODIFY' = 'INSERT') => ({
    eventName,
    dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } } },
  });

  it('passes on a stream once, when its effects are not confirmed up to its last page', async () => {
    const send = jest.fn(async () => {});
    const marksOf = jest.fn(async () => {
      return new Map([
        ['job/done', { to: 9, confirmed: 9 }],
        ['job/j', { to: 7, confirmed: 2 }],
      ]);
    });
    const records = [
      inserted('job/j', 'EVT#0000000001'),
      inserted('job/j', 'EVT#0000000004'),
      inserted('job/done', 'EVT#0000000008'),
      inserted('job/j', 'CONFIRMED'),
      inserted('job/other', 'EVT#0000000001', 'MODIFY'),
    ];
    expect(await passOnUnconfirmed({ marksOf, send, delaySeconds: 5 }, records)).toBe(1);
    const asked = new Map(Object.entries({ 'job/j': 4, 'job/done': 8 }));
    expect(marksOf.mock.calls).toEqual([[asked]]);
    expect(send.mock.calls).toEqual([[{ body: { stream: 'job/j', to: 7 }, delaySeconds: 5 }]]);
  });

  it('passes on a stream whose mark stands within its last page, as an effect there failed', async () => {
    const send = jest.fn(async () => {});
    const marksOf = async () => new Map([['job/j', { to: 9, confirmed: 6 }]]);
    const records = [inserted('job/j', 'EVT#0000000005')];
    expect(await passOnUnconfirmed({ marksOf, send, delaySeconds: 5 }, records)).toBe(1);
    expect(send.mock.calls).toEqual([[{ body: { stream: 'job/j', to: 9 }, delaySeconds: 5 }]]);
  });

  it('passes on what it can, and asks for the rest again where a page is not seen yet', async () => {
    const send = jest.fn(async () => {});
    const marksOf = async () => new Map([['job/seen', { to: 2, confirmed: 0 }]]);
    const records = [inserted('job/new', 'EVT#0000000001'), inserted('job/seen', 'EVT#0000000001')];
    const passedOn = passOnUnconfirmed({ marksOf, send, delaySeconds: 5 }, records);
    await expect(passedOn).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(send.mock.calls).toEqual([[{ body: { stream: 'job/seen', to: 2 }, delaySeconds: 5 }]]);
  });

  it('reads nothing where nothing was appended that owes effects', async () => {
    const marksOf = jest.fn();
    const send = jest.fn();
    expect(await passOnUnconfirmed({ marksOf, send, delaySeconds: 5 }, [inserted('job/j', 'LIST')])).toBe(0);
    expect(marksOf).not.toHaveBeenCalled();
  });

  it.each(['marksOf', 'send'] as const)(
    'fails as a whole when %s does, so that the stream comes again',
    async (name) => {
      const denied = async () => Promise.reject(new Error('denied'));
      const marksOf = async () => new Map([['job/j', { to: 3, confirmed: 1 }]]);
      const deps = { marksOf, send: async () => {} };
      await expect(
        passOnUnconfirmed({ ...deps, [name]: denied, delaySeconds: 5 }, [
          inserted('job/j', 'EVT#0000000001'),
        ]),
      ).rejects.toThrow('denied');
    },
  );
});

describe('the sweep of a pool', () => {
  const NOW = 1_000_000;
  /** The clock has called the sweeper ever since. */
  const sweeps = { record: async () => NOW - 60_000 };
  /** Every ten seconds, as long as any are kept. */
  const beating = (at: number, promisedMs = 10_000) => ({
    ...{ lastSeenAt: at, dueAt: at + promisedMs },
    beats: Array.from({ length: BEATS_KEPT }, (_, i) => {
      return { at: at - i * 10_000, due: at - i * 10_000 + promisedMs };
    }),
  });
  const log = { warn: jest.fn() };
  /** Nobody is asked, unless a test says so. */
  const rest = {
    ...{ sweeps, log },
    answers: async (): Promise<boolean> => {
      throw new Error('asked');
    },
  };
  const telling = (send: StreamSender['send'], ask = jest.fn(async () => [])) => ({
    send,
    ask: ask as never,
  });
  const worker = (workerId: string, silentMs: number, lostAt?: number) => ({
    workerId,
    ...{ labels: [], slots: 1, endpoint: 'http://w' },
    running: 0,
    ...beating(NOW - silentMs),
    ...(lostAt === undefined ? {} : { lostAt }),
  });

  it('reports the silent, leaves the living, and makes good what a crash or a race left', async () => {
    const sent: [string, string][] = [];
    const remove = jest.fn(async () => {});
    const markLost = jest.fn(async (_pool: string, workerId: string) => workerId !== 'just-back');
    const workers = {
      list: async () => [
        worker('alive', 27_000),
        worker('unknown', 1_000),
        worker('silent', 28_000),
        worker('just-back', 28_000),
        worker('half-done', 20_000, NOW - 60_000),
      ],
      markLost,
      remove,
    };
    const asked: [string, string][] = [];
    const noteIn = (list: [string, string][]): StreamSender['send'] => {
      return async ({ to, message }, { id }) => {
        expect(to).toEqual(poolAt('default'));
        list.push([message.type, id]);
      };
    };
    const streams = telling(noteIn(sent), noteIn(asked) as never);
    const known = async () => knowing('alive', 'silent', 'just-back', 'half-done');
    const [swept] = await sweepPools({ ...rest, workers, streams, known }, ['default'], NOW);
    expect(swept?.lost).toEqual(['silent', 'half-done']);
    expect(sent).toEqual([
      ['workerRegistered', `known/unknown/${NOW}`],
      ['workerLost', `lost/silent/${NOW - 28_000}`],
      ['workerLost', `lost/half-done/${NOW - 20_000}`],
      ['sweep', `sweep/${NOW}`],
    ]);
    expect(asked).toEqual([
      ['workerLost', `lost/silent/${NOW - 28_000}/at-once`],
      ['workerLost', `lost/half-done/${NOW - 20_000}/at-once`],
    ]);
    expect(remove).toHaveBeenCalledTimes(2);
  });

  it('has a loss decided through the queue where that cannot be done at once, and keeps it where the queue is out too', async () => {
    const send = jest.fn<Promise<void>, unknown[]>(async () => {});
    const ask = jest.fn(async () => Promise.reject(new Error('the table does not answer')));
    const remove = jest.fn(async () => {});
    const workers = {
      list: async () => [worker('heard', 1_000), worker('silent', 28_000)],
      markLost: async () => true,
      remove,
    };
    const deps = { ...rest, workers, streams: telling(send, ask) };
    const [swept] = await sweepPools(deps, ['default'], NOW);
    expect(swept?.lost).toEqual(['silent']);
    expect(send.mock.calls[0]?.[0]).toMatchObject({ message: { type: 'workerLost', workerId: 'silent' } });
    expect(log.warn).toHaveBeenCalledWith('a loss was not decided at once', expect.anything());
    expect(remove).toHaveBeenCalledTimes(1);
    send.mockRejectedValueOnce(new Error('the queue does not answer'));
    await expect(sweepPools(deps, ['default'], NOW)).rejects.toThrow('the queue does not answer');
    expect(remove).toHaveBeenCalledTimes(1);
  });

  it('asks those that fell silent together, as nobody is heard of, and holds for lost who does not answer', async () => {
    const send = jest.fn(async () => {});
    const workers = {
      list: async () => [
        worker('dead', 31_000),
        worker('unheard', 32_000),
        worker('not-to-be-asked', 33_000),
        worker('late', 29_000),
      ],
      markLost: async () => true,
      remove: async () => {},
    };
    const answers = async (_pool: string, { workerId }: { workerId: string }) => {
      if (workerId === 'not-to-be-asked') throw new Error('the gateway does not answer');
      if (workerId === 'late') throw new Error('not to be asked yet');
      return workerId !== 'dead';
    };
    log.warn.mockClear();
    const deps = { ...rest, workers, streams: telling(send), answers };
    const [swept] = await sweepPools(deps, ['default'], NOW);
    expect(swept?.lost).toEqual(['dead']);
    const about = log.warn.mock.calls.map(([, extra]) => (extra as { workerId: string }).workerId);
    expect(about).toEqual(['not-to-be-asked']);
  });

  it('gives a worker the time that it promised to be heard of in, and counts on none whose connection has not opened', async () => {
    const { endpoint: _, ...pulls } = worker('pulls', 48_000);
    const workers = {
      list: async () => [
        { ...pulls, ...beating(NOW - 48_000, 31_000), connectionId: 'c1' },
        { ...pulls, workerId: 'silent', connectionId: 'c2', ...beating(NOW - 49_000, 31_000) },
        { ...pulls, workerId: 'closed', ...beating(NOW - 18_000), dueAt: NOW - 18_000 },
        { ...pulls, workerId: 'not-yet', ...beating(NOW) },
      ],
      markLost: async () => true,
      remove: async () => {},
    };
    const send = jest.fn(async () => {});
    const known = async () => knowing('silent', 'closed');
    const [swept] = await sweepPools({ ...rest, workers, streams: telling(send), known }, ['default'], NOW);
    expect(swept?.lost).toEqual(['silent', 'closed']);
    const told = (send.mock.calls as unknown[][]).map(([delivery]) => delivery);
    const registered = told.filter((each) => JSON.stringify(each).includes('workerRegistered'));
    // Without the connection, which is no concern of the pool.
    expect(registered).toEqual([
      {
        to: poolAt('default'),
        message: { type: 'workerRegistered', worker: { workerId: 'pulls', labels: [], slots: 1 } },
      },
    ]);
  });

  it('registers a worker that the pool does not know with all it has, unless it is being drained', async () => {
    const send = jest.fn(async () => {});
    const resources = { browserLicences: 2 };
    const workers = {
      list: async () => [
        { ...worker('new', 0), resources },
        { ...worker('leaving', 0), draining: true },
      ],
      markLost: async () => true,
      remove: async () => {},
    };
    await sweepPools(
      { ...rest, workers, streams: telling(send), known: async () => knowing() },
      ['default'],
      NOW,
    );
    const deliveries = (send.mock.calls as unknown[][]).map(([delivery]) => delivery);
    expect(deliveries).toMatchObject([
      {
        message: {
          type: 'workerRegistered',
          worker: { workerId: 'new', labels: [], slots: 1, resources, endpoint: 'http://w' },
        },
      },
      { message: { type: 'sweep', wellSince: NOW - 60_000 } },
    ]);
  });

  it('registers a worker once more of which the pool knows an earlier registration', async () => {
    const send = jest.fn(async () => {});
    const workers = {
      list: async () => [
        { ...worker('anew', 0), registration: 'r2' },
        { ...worker('same', 0), registration: 'r1' },
      ],
      markLost: async () => true,
      remove: async () => {},
    };
    const known = async () =>
      new Map([
        ['anew', { registration: 'r1' }],
        ['same', { registration: 'r1' }],
      ]);
    await sweepPools({ ...rest, workers, streams: telling(send), known }, ['default'], NOW);
    const deliveries = (send.mock.calls as unknown[][]).map(([delivery]) => delivery);
    expect(deliveries).toMatchObject([
      { message: { type: 'workerRegistered', worker: { workerId: 'anew', registration: 'r2' } } },
      { message: { type: 'sweep' } },
    ]);
  });

  it('loses nobody of any pool in the first sweep after the engine stood still', async () => {
    const send = jest.fn(async () => {});
    const markLost = jest.fn(async () => true);
    const workers = {
      list: async () => [worker('a', 600_000), worker('b', 600_000)],
      markLost,
      remove: async () => {},
    };
    const deps = { ...rest, workers, streams: telling(send), known: async () => knowing('a', 'b') };
    const swept = await sweepPools({ ...deps, sweeps: { record: async (at) => at } }, ['one', 'two'], NOW);
    expect(swept).toEqual([
      { pool: 'one', lost: [], silences: [] },
      { pool: 'two', lost: [], silences: [] },
    ]);
    expect(markLost).not.toHaveBeenCalled();
    const messages = (send.mock.calls as unknown as [{ message: unknown }][]).map(([{ message }]) => message);
    expect(messages).toEqual([
      { type: 'sweep', wellSince: NOW },
      { type: 'sweep', wellSince: NOW },
    ]);
  });

  it('says how long those were silent that ran something, and leaves out who was idle', async () => {
    const workers = {
      list: async () => [
        worker('heard', 1_000),
        { ...worker('busy', 30_000), running: 2 },
        { ...worker('idle', 40_000), running: 0 },
      ],
      markLost: async () => true,
      remove: async () => {},
    };
    const [swept] = await sweepPools(
      { ...rest, workers, streams: telling(async () => {}) },
      ['default'],
      NOW,
    );
    expect(swept).toMatchObject({ lost: ['busy', 'idle'], silences: [30_000] });
  });

  it('takes a worker of one pool as witness for those of another', async () => {
    const pools = { one: [worker('silent', 60_000)], two: [worker('heard', 1_000)] };
    const workers = {
      list: async (pool: string) => pools[pool as keyof typeof pools],
      markLost: async () => true,
      remove: async () => {},
    };
    const known = async () => knowing('silent', 'heard');
    const deps = { ...rest, workers, streams: telling(async () => {}), known };
    const swept = await sweepPools(deps, ['one', 'two'], NOW);
    expect(swept.map(({ lost }) => lost)).toEqual([['silent'], []]);
  });
});
