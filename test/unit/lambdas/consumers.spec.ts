import type { SQSRecord } from 'aws-lambda';
import { createDispatch, type DispatchDeps } from '../../../lambdas/dispatch/dispatch';
import { jobInputs } from '../../../lambdas/job-inputs/consumer';
import { passOnUnconfirmed } from '../../../lambdas/outbox-relay/catch';
import { processGroups } from '../../../lambdas/runtime/groups';
import { sweepPool } from '../../../lambdas/sweeper/sweep';
import { attemptToken, dispatchToken } from '../../../lib/core/access/attempt-token';
import { RepriseError } from '../../../lib/core/errors';
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

describe('a batch of inputs of jobs', () => {
  it('is one decision for each job', async () => {
    const handle = jest.fn(async () => []);
    const records = [entered('j1', 'a'), entered('j2', 'a'), entered('j1', 'b')];
    expect(await processGroups(records, jobInputs({ handle }))).toEqual([]);
    expect(handle).toHaveBeenCalledTimes(2);
    const [first] = records;
    expect(handle).toHaveBeenCalledWith('j1', [
      {
        id: `sqs/${first?.messageId}`,
        actor: { kind: 'workflow', id: 'step-functions' },
        message: { type: 'nodeEntered', nodeId: 'a', token: 't' },
      },
      expect.objectContaining({ message: { type: 'nodeEntered', nodeId: 'b', token: 't' } }),
    ]);
  });

  it.each([
    ['no JSON', 'x'],
    ['of an unknown type', { jobId: 'j1', message: { type: 'explode' } }],
    ['of another job than its group', { jobId: 'j2', message: { type: 'admit' } }],
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
        handle: async (_job, messages) => {
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
    work,
    workerId: 'w1',
    endpoint: 'http://w1',
  };

  function world(submit: () => Promise<void>) {
    const sendToPool = jest.fn(async () => {});
    const connect = jest.fn(() => ({ submit: jest.fn(submit), cancel: jest.fn(submit) }));
    const deps: DispatchDeps = {
      graphs: { get: async () => graph([node('a')]) },
      queues: { sendToPool },
      secret: async () => 's',
      connect,
      sleep: jest.fn(async () => {}),
      onDispatch: () => {},
    };
    return { deps, sendToPool, connect };
  }

  it('asks the worker with the tokens of this node and this attempt', async () => {
    const { deps, sendToPool, connect } = world(async () => {});
    await createDispatch(deps)(message);
    expect(connect).toHaveBeenCalledWith({
      endpoint: 'http://w1',
      dispatchToken: dispatchToken('s', 'w1'),
      attemptToken: attemptToken('s', ref, 'w1'),
    });
    expect(sendToPool).not.toHaveBeenCalled();
  });

  it('gives the lease back to its pool when the node does not answer, after three tries', async () => {
    const submit = jest.fn(async () => Promise.reject(new RepriseError('UPSTREAM_UNAVAILABLE', 'refused')));
    const { deps, sendToPool } = world(submit);
    await createDispatch(deps)(message);
    expect(submit).toHaveBeenCalledTimes(3);
    expect(sendToPool).toHaveBeenCalledWith(
      'gpu',
      expect.objectContaining({
        message: expect.objectContaining({ type: 'dispatchFailed', ...ref, workerId: 'w1' }),
      }),
    );
  });

  it('gives it back at once when the node refuses, or has no address', async () => {
    const submit = jest.fn(async () => Promise.reject(new RepriseError('UNAUTHENTICATED', 'who?')));
    const { deps, sendToPool } = world(submit);
    await createDispatch(deps)(message);
    expect(submit).toHaveBeenCalledTimes(1);
    const { endpoint: _, ...unreachable } = message;
    await createDispatch(deps)(unreachable);
    expect(sendToPool).toHaveBeenCalledTimes(2);
  });

  it('leaves the message to the queue when the fault is on our side', async () => {
    const { deps, sendToPool } = world(async () => {});
    const get = async () => Promise.reject(new RepriseError('UPSTREAM_UNAVAILABLE', 'S3'));
    await expect(createDispatch({ ...deps, graphs: { get } })(message)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect(sendToPool).not.toHaveBeenCalled();
  });
});

describe('the outbox relay over the stream', () => {
  const inserted = (pk: string, sk: string, eventName: 'INSERT' | 'MODIFY' = 'INSERT') => ({
    eventName,
    dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } } },
  });

  it('passes on a stream once, with its last event, when its effects are not confirmed', async () => {
    const send = jest.fn(async () => {});
    const confirmed = jest.fn(async (stream: string) => (stream === 'job/done' ? 9 : 2));
    const records = [
      inserted('job/j', 'EVT#0000000003'),
      inserted('job/j', 'EVT#0000000007'),
      inserted('job/done', 'EVT#0000000009'),
      inserted('job/j', 'HEAD'),
      inserted('job/other', 'EVT#0000000001', 'MODIFY'),
    ];
    expect(await passOnUnconfirmed({ journal: { confirmed }, send, delaySeconds: 5 }, records)).toBe(1);
    expect(send.mock.calls).toEqual([[{ body: { stream: 'job/j', to: 7 }, delaySeconds: 5 }]]);
  });

  it('fails as a whole when it cannot pass one on, so that the stream comes again', async () => {
    const send = async () => Promise.reject(new Error('denied'));
    const journal = { confirmed: async () => 0 };
    const records = [inserted('job/j', 'EVT#0000000003')];
    await expect(passOnUnconfirmed({ journal, send, delaySeconds: 5 }, records)).rejects.toThrow('denied');
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
    const queues = {
      sendToPool: async (_pool: string, { id, message }: { id: string; message: { type: string } }) =>
        void sent.push([message.type, id]),
    };
    const known = async () => new Set(['alive', 'silent', 'just-back', 'half-done']);
    const swept = await sweepPool({ workers, queues, known }, 'default', NOW);
    expect(swept.lost).toEqual(['silent', 'half-done']);
    expect(sent).toEqual([
      ['workerRegistered', `known/unknown/${NOW}`],
      ['workerLost', `lost/silent/${NOW - 46_000}`],
      ['workerLost', `lost/half-done/${NOW - 20_000}`],
      ['sweep', `sweep/${NOW}`],
    ]);
    expect(remove).toHaveBeenCalledTimes(2);
  });

  it('registers a node that the pool does not know with all it has, unless it is being drained', async () => {
    const sendToPool = jest.fn(async () => {});
    const resources = { browserLicences: 2 };
    const workers = {
      list: async () => [
        { ...worker('new', 0), resources },
        { ...worker('leaving', 0), draining: true },
      ],
      markLost: async () => true,
      remove: async () => {},
    };
    await sweepPool({ workers, queues: { sendToPool }, known: async () => new Set() }, 'default', NOW);
    const messages = (sendToPool.mock.calls as unknown[][]).map(([, envelope]) => envelope);
    expect(messages).toMatchObject([
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
