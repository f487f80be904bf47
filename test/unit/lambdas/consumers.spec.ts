import type { SQSRecord } from 'aws-lambda';
import { createDispatch, type DispatchDeps } from '../../../lambdas/dispatch/dispatch';
import { passOnUnconfirmed } from '../../../lambdas/outbox-relay/catch';
import { processGroups } from '../../../lambdas/runtime/groups';
import { streamInputs } from '../../../lambdas/runtime/inputs';
import { sweepPool } from '../../../lambdas/sweeper/sweep';
import { createInputQueues } from '../../../lib/adapters/aws/queues/input-queues';
import type { QueueMessage } from '../../../lib/adapters/aws/queues/sender';
import { attemptToken, dispatchToken } from '../../../lib/core/access/attempt-token';
import type { Engine } from '../../../lib/core/engine/engine';
import type { Kinds } from '../../../lib/core/engine/kinds';
import { RepriseError } from '../../../lib/core/errors';
import { jobAt, poolAt } from '../../../lib/core/messages/address';
import type { MessageEnvelope } from '../../../lib/core/messages/envelope';
import type { JobMessage } from '../../../lib/core/messages/job';
import type { StreamSender } from '../../../lib/core/ports/streams';
import { graph, node } from '../../support/job-driver';

let ids = 0;
function record(group: string, body: unknown): SQSRecord {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    messageId: `m${++ids}`,
    body: text,
    attributes: { MessageGroupId: group },
  } as unknown as SQSRecord;
}
const entered = (jobId: string, nodeId: string) =>
  record(jobId, { jobId, message: { type: 'nodeEntered', nodeId, token: 't' } });
type Handle = (to: unknown, messages: readonly MessageEnvelope<JobMessage>[]) => Promise<never[]>;
const jobInputs = ({ handle }: { handle: Handle }) =>
  streamInputs({ handle } as unknown as Engine<Kinds>, 'job');

describe('a batch of inputs of jobs', () => {
  it('is one decision for each job', async () => {
    const handle = jest.fn(async () => []);
    const records = [entered('j1', 'a'), entered('j2', 'a'), entered('j1', 'b')];
    expect(await processGroups(records, jobInputs({ handle }))).toEqual([]);
    expect(handle).toHaveBeenCalledTimes(2);
    const [first] = records;
    expect(handle).toHaveBeenCalledWith(jobAt('j1'), [
      {
        id: `sqs/${first?.messageId}`,
        actor: { kind: 'workflow', id: 'step-functions' },
        message: { type: 'nodeEntered', nodeId: 'a', token: 't' },
      },
      expect.objectContaining({ message: { type: 'nodeEntered', nodeId: 'b', token: 't' } }),
    ]);
  });

  it('that comes from another stream keeps the id, the actor and the trace it was sent with', async () => {
    const handle = jest.fn(async () => []);
    const origin = { id: 'pool/p/3', actor: { kind: 'engine', id: 'pool/p' }, traceId: 't' };
    const message = { type: 'admit' };
    const failed = await processGroups(
      [record('j1', { to: jobAt('j1'), message, ...origin })],
      jobInputs({ handle }),
    );
    expect(failed).toEqual([]);
    expect(handle.mock.calls).toEqual([[jobAt('j1'), [{ ...origin, message }]]]);
  });

  it.each([
    ['no JSON', 'x'],
    ['of an unknown type', { jobId: 'j1', message: { type: 'explode' } }],
    ['of another job than its group', { jobId: 'j2', message: { type: 'admit' } }],
    [
      'of a pool',
      { to: poolAt('j1'), message: { type: 'sweep' }, id: 'm', actor: { kind: 'timer', id: 't' } },
    ],
  ])('with a message that is %s fails it and those behind it, and no other job', async (_, poison) => {
    const handle = jest.fn(async () => []);
    const poisoned = record('j1', poison);
    const behind = entered('j1', 'b');
    const failed = await processGroups(
      [entered('j1', 'a'), poisoned, entered('j2', 'a'), behind],
      jobInputs({ handle }),
    );
    expect(failed).toEqual([poisoned.messageId, behind.messageId]);
    expect(handle).toHaveBeenCalledTimes(2);
  });

  it('for a job that nobody submitted fails', async () => {
    const unknown = entered('nobody', 'a');
    const handle = async () => Promise.reject(new RepriseError('JOB_NOT_FOUND', 'no job'));
    expect(await processGroups([unknown], jobInputs({ handle }))).toEqual([unknown.messageId]);
  });

  it('in which one message breaks the decision lets those before it through', async () => {
    const records = [entered('j1', 'a'), entered('j1', 'bad'), entered('j1', 'c')];
    const decided: string[] = [];
    const failed = await processGroups(
      records,
      jobInputs({
        handle: async (_to, messages) => {
          const names = messages.map(({ message }) => (message.type === 'nodeEntered' ? message.nodeId : ''));
          if (names.includes('bad')) throw new Error('broken');
          decided.push(...names);
          return [];
        },
      }),
    );
    expect(decided).toEqual(['a']);
    expect(failed).toEqual(records.slice(1).map(({ messageId }) => messageId));
  });

  it('goes back whole when a service is busy', async () => {
    const handle = jest.fn(async () => Promise.reject(new RepriseError('UPSTREAM_UNAVAILABLE', 'throttled')));
    const records = [entered('j1', 'a'), entered('j1', 'b')];
    expect(await processGroups(records, jobInputs({ handle }))).toHaveLength(2);
    expect(handle).toHaveBeenCalledTimes(1);
  });
});

describe('several inputs in one message', () => {
  const actor = { kind: 'engine', id: 'e' } as const;
  const input = (nodeId: string) => ({ message: { type: 'nodeEntered', nodeId }, id: nodeId, actor });
  const bundle = record('j1', { to: jobAt('j1'), inputs: ['a', 'b', 'c'].map(input) });

  it('are decided together, in their order', async () => {
    const handle = jest.fn(async () => []);
    expect(
      await processGroups([bundle, record('j1', { to: jobAt('j1'), ...input('d') })], jobInputs({ handle })),
    ).toEqual([]);
    expect(handle).toHaveBeenCalledTimes(1);
    expect(handle).toHaveBeenCalledWith(
      jobAt('j1'),
      ['a', 'b', 'c', 'd'].map((id) => expect.objectContaining({ id })),
    );
  });

  it('of which one cannot be decided lets the others go their way, and is left to the DLQ', async () => {
    const decided: string[] = [];
    const handle = jest.fn(async (_: unknown, inputs: readonly { id: string }[]) => {
      if (inputs.some(({ id }) => id === 'b')) throw new Error('poison');
      decided.push(...inputs.map(({ id }) => id));
      return [];
    });
    const failed = await processGroups([bundle], jobInputs({ handle: handle as never }));
    expect([decided, failed]).toEqual([['a', 'c'], [bundle.messageId]]);
  });

  it('come again in their order when a service is busy', async () => {
    const handle = jest.fn(async () => Promise.reject(new RepriseError('UPSTREAM_UNAVAILABLE', 'throttled')));
    expect(await processGroups([bundle], jobInputs({ handle }))).toEqual([bundle.messageId]);
    expect(handle).toHaveBeenCalledTimes(1);
  });

  it('that are sent in one turn are one message for each stream, of up to a hundred and 64 KiB', async () => {
    const sent: QueueMessage[] = [];
    const send = async (message: QueueMessage) => void sent.push(message);
    const queues = createInputQueues({ job: send, pool: send, trigger: send });
    const enter = (job: string, n: number) =>
      queues.send(
        { to: jobAt(job), message: { type: 'nodeEntered', nodeId: `n${n}` } },
        { id: `m${n}`, actor },
      );
    await Promise.all([...Array.from({ length: 230 }, (_, n) => enter('j1', n)), enter('j2', 1)]);
    const sizes = sent.map(({ groupId, body }) => [
      groupId,
      (body as { inputs?: unknown[] }).inputs?.length ?? 1,
    ]);
    expect(sizes).toEqual([
      ['j1', 100],
      ['j1', 100],
      ['j1', 30],
      ['j2', 1],
    ]);
    sent.length = 0;
    const text = 'x'.repeat(20_000);
    const outputs = { attempt: 1, durationMs: 1, outputs: { text } };
    await Promise.all(
      [1, 2, 3, 4].map((n) =>
        queues.send(
          { to: jobAt('j'), message: { type: 'attemptSucceeded', nodeId: `n${n}`, ...outputs } },
          { id: `${n}`, actor },
        ),
      ),
    );
    expect(sent).toHaveLength(2);
    for (const { body } of sent) expect(JSON.stringify(body).length).toBeLessThan(65_536);
  });
});

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
      endpoint: 'http://w1',
      dispatchToken: dispatchToken('s', 'w1'),
      attemptToken: attemptToken('s', ref, 'w1'),
    });
    expect(send).not.toHaveBeenCalled();
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
      endpoint: 'http://w1',
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

  it('gives it back at once when the worker refuses, or has no address', async () => {
    const submit = jest.fn(async () => Promise.reject(new RepriseError('UNAUTHENTICATED', 'who?')));
    const { deps, send } = world(submit);
    await createDispatch(deps)(message);
    expect(submit).toHaveBeenCalledTimes(1);
    const { endpoint: _, ...unreachable } = message;
    await createDispatch(deps)(unreachable);
    expect(send).toHaveBeenCalledTimes(2);
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
  const inserted = (pk: string, sk: string, to: number, eventName: 'INSERT' | 'MODIFY' = 'INSERT') => ({
    eventName,
    dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } }, NewImage: { to: { N: String(to) } } },
  });

  it('passes on a stream once, with its last event, when its effects are not confirmed', async () => {
    const send = jest.fn(async () => {});
    const confirmed = jest.fn(async (stream: string) => (stream === 'job/done' ? 9 : 2));
    const records = [
      inserted('job/j', 'EVT#0000000001', 3),
      inserted('job/j', 'EVT#0000000004', 7),
      inserted('job/done', 'EVT#0000000008', 9),
      inserted('job/j', 'CONFIRMED', 99),
      inserted('job/other', 'EVT#0000000001', 1, 'MODIFY'),
    ];
    expect(await passOnUnconfirmed({ journal: { confirmed }, send, delaySeconds: 5 }, records)).toBe(1);
    expect(send.mock.calls).toEqual([[{ body: { stream: 'job/j', to: 7 }, delaySeconds: 5 }]]);
  });

  it('fails as a whole when it cannot pass one on, so that the stream comes again', async () => {
    const send = async () => Promise.reject(new Error('denied'));
    const journal = { confirmed: async () => 0 };
    const records = [inserted('job/j', 'EVT#0000000001', 3)];
    await expect(passOnUnconfirmed({ journal, send, delaySeconds: 5 }, records)).rejects.toThrow('denied');
  });
});

describe('a page whose end the stream does not show', () => {
  it('fails the batch: what is not seen is not passed over', async () => {
    const journal = { confirmed: async () => 9 };
    const Keys = { pk: { S: 'job/j' }, sk: { S: 'EVT#0000000001' } };
    const records = [{ eventName: 'INSERT' as const, dynamodb: { Keys } }];
    await expect(
      passOnUnconfirmed({ journal, send: async () => {}, delaySeconds: 5 }, records),
    ).rejects.toThrow('EVT#0000000001 of job/j');
  });
});

describe('the sweep of a pool', () => {
  const NOW = 1_000_000;
  const worker = (workerId: string, silentMs: number, lostAt?: number) => ({
    workerId,
    labels: [],
    slots: 1,
    running: 0,
    lastSeenAt: NOW - silentMs,
    ...(lostAt === undefined ? {} : { lostAt }),
  });

  it('reports the silent, leaves the living, and makes good what a crash or a race left', async () => {
    const sent: [string, string][] = [];
    const remove = jest.fn(async () => {});
    const markLost = jest.fn(async (_pool: string, workerId: string) => workerId !== 'just-back');
    const workers = {
      list: async () => [
        worker('alive', 44_000),
        worker('unknown', 1_000),
        worker('silent', 46_000),
        worker('just-back', 46_000),
        worker('half-done', 20_000, NOW - 60_000),
      ],
      markLost,
      remove,
    };
    const streams: StreamSender = {
      send: async ({ to, message }, { id }) => {
        expect(to).toEqual(poolAt('default'));
        sent.push([message.type, id]);
      },
    };
    const known = async () => new Set(['alive', 'silent', 'just-back', 'half-done']);
    const swept = await sweepPool({ workers, streams, known }, 'default', NOW);
    expect(swept.lost).toEqual(['silent', 'half-done']);
    expect(sent).toEqual([
      ['workerRegistered', `known/unknown/${NOW}`],
      ['workerLost', `lost/silent/${NOW - 46_000}`],
      ['workerLost', `lost/half-done/${NOW - 20_000}`],
      ['sweep', `sweep/${NOW}`],
    ]);
    expect(remove).toHaveBeenCalledTimes(2);
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
    await sweepPool({ workers, streams: { send }, known: async () => new Set() }, 'default', NOW);
    const deliveries = (send.mock.calls as unknown[][]).map(([delivery]) => delivery);
    expect(deliveries).toMatchObject([
      {
        message: {
          type: 'workerRegistered',
          worker: { workerId: 'new', labels: [], slots: 1, resources },
        },
      },
      { message: { type: 'sweep' } },
    ]);
  });
});
