import {
  createWorkerSocket,
  type SocketPeer,
  socketAddress,
  socketQuery,
} from '../../../lib/api/worker-socket';
import { poolAt } from '../../../lib/core/messages/address';
import type { RegisteredWorker } from '../../../lib/core/ports/registries';

const NOW = 1_000_000;
const CALL = '6a0f4e52-3f0a-4a7e-9d7e-0c1b2a3d4e5f';
const worker = { workerId: 'w1', labels: ['linux'], slots: 4, registration: 'r-1' };
const known: RegisteredWorker = { ...worker, lastSeenAt: 1, running: 0, registeredBy: 'fleet' };
const peer: SocketPeer = {
  connectionId: 'c2',
  caller: { subject: 'fleet', scopes: ['orchestration.worker:gpu'] },
  query: { pool: 'gpu', worker: 'w1', registration: 'r-1' },
  expiresAt: NOW + 60_000,
};

function world(before: RegisteredWorker | undefined = known) {
  const heartbeat = jest.fn(async (..._: unknown[]): Promise<RegisteredWorker | undefined> => before);
  const disconnect = jest.fn(async () => {});
  const put = jest.fn(async () => {});
  const send = jest.fn(async () => {});
  const idleSeconds = async (pool: string) => (pool === 'gpu' ? 31 : 10);
  const deps = {
    ...{ workers: { heartbeat, disconnect }, answers: { put }, streams: { send } },
    ...{ idleSeconds, clock: () => NOW },
  };
  const socket = createWorkerSocket(deps);
  const say = (message: unknown, from = peer) => socket.hear(from, JSON.stringify(message), 'q1');
  return { socket, say, heartbeat, disconnect, put, send };
}

const beat = { type: 'heartbeat', running: 2 };

it('the address of a connection says for which registration it is, and is read again', () => {
  const address = socketAddress('wss://s.test/v1', { pool: 'gpu', workerId: 'w1', registration: 'r-1' });
  expect(address).toBe('wss://s.test/v1?pool=gpu&worker=w1&registration=r-1');
  expect(socketQuery(Object.fromEntries(new URL(address).searchParams))).toEqual(peer.query);
  for (const query of [null, {}, { ...peer.query, worker: '../w1' }])
    expect(socketQuery(query)).toBeUndefined();
});

describe('a connection', () => {
  it('is opened with a token for workers of its pool that has not expired', () => {
    const { socket } = world();
    const opens = (over: Partial<SocketPeer>) => socket.opens({ ...peer, ...over });
    expect(opens({})).toBe(true);
    expect(opens({ expiresAt: NOW })).toBe(false);
    expect(opens({ query: { ...peer.query, pool: 'default' } })).toBe(false);
    expect(opens({ caller: { subject: 'fleet', scopes: ['orchestration.jobs'] } })).toBe(false);
  });

  it('that closes is taken from its worker, if it is still the one', async () => {
    const { socket, disconnect } = world();
    await socket.closed(peer);
    expect(disconnect).toHaveBeenCalledWith('gpu', 'w1', { connectionId: 'c2', at: NOW });
  });
});

describe('a heartbeat over a connection', () => {
  it('says that the worker lives and is reached there, and the pool hears of the worker', async () => {
    const { say, heartbeat, send } = world();
    expect(await say(beat)).toEqual({ type: 'heard', idle_seconds: 31 });
    expect(heartbeat).toHaveBeenCalledWith('gpu', 'w1', {
      ...{ at: NOW, dueAt: NOW + 40_000, running: 2, draining: false, subject: 'fleet' },
      ...{ registration: 'r-1', connectionId: 'c2' },
    });
    expect(send).toHaveBeenCalledTimes(1);
    expect(send).toHaveBeenCalledWith(
      { to: poolAt('gpu'), message: { type: 'workerRegistered', worker } },
      { id: 'connected/q1', actor: { kind: 'worker', id: 'w1' }, traceId: 'q1' },
    );
  });

  it('promises the next one, where the worker says when that will be', async () => {
    const { say, heartbeat } = world();
    await say({ ...beat, next_seconds: 12.5 });
    expect(heartbeat).toHaveBeenCalledWith('gpu', 'w1', expect.objectContaining({ dueAt: NOW + 12_500 }));
  });

  it('is no news for the pool when there was one over the same connection before', async () => {
    const { say, send } = world({ ...known, connectionId: 'c2' });
    expect(await say(beat)).toEqual({ type: 'heard', idle_seconds: 31 });
    expect(send).not.toHaveBeenCalled();
  });

  it('of one that takes nothing new says so to the pool, and does not offer it again over a new connection', async () => {
    const { say, send } = world();
    await say({ ...beat, draining: true });
    expect(send).toHaveBeenCalledTimes(1);
    expect(send).toHaveBeenCalledWith(
      { to: poolAt('gpu'), message: { type: 'workerDrained', workerId: 'w1', registration: 'r-1' } },
      expect.objectContaining({ id: 'drained/q1' }),
    );
  });

  it('cannot speak for another worker, whatever it names', async () => {
    const { say, heartbeat } = world();
    await say({ ...beat, worker_id: 'w2', pool: 'default', registration: 'r-9' });
    expect(heartbeat).toHaveBeenCalledWith('gpu', 'w1', expect.objectContaining({ registration: 'r-1' }));
  });

  it('of a worker that is not registered so asks it to register, and the pool hears nothing', async () => {
    const { say, heartbeat, send } = world();
    heartbeat.mockResolvedValue(undefined);
    expect(await say(beat)).toEqual({ type: 'unregistered' });
    expect(send).not.toHaveBeenCalled();
  });

  it('after the token has expired counts for nothing and is not answered, so that its attempts are not ended', async () => {
    const { say, heartbeat } = world();
    expect(await say(beat, { ...peer, expiresAt: NOW - 1 })).toBeUndefined();
    expect(heartbeat).not.toHaveBeenCalled();
  });
});

describe('an answer over a connection', () => {
  it('is kept under the worker that the connection is of', async () => {
    const { say, put, heartbeat } = world();
    const other = '6a0f4e52-3f0a-4a7e-9d7e-0c1b2a3d4e60';
    const answers = [
      { id: CALL, status: 409, worker_id: 'w2' },
      { id: other, status: 201 },
    ];
    expect(await say({ type: 'answer', answers, worker_id: 'w2' })).toBeUndefined();
    const w1 = { pool: 'gpu', workerId: 'w1' };
    expect(put.mock.calls).toEqual([
      [w1, CALL, { status: 409, at: NOW }],
      [w1, other, { status: 201, at: NOW }],
    ]);
    expect(heartbeat).not.toHaveBeenCalled();
  });
});

it.each([
  ['no JSON', 'hello'],
  ['no message of the contract', JSON.stringify({ type: 'submit' })],
  ['an answer to nothing', JSON.stringify({ type: 'answer', answers: [{ id: 'x', status: 202 }] })],
  ['a negative number of attempts', JSON.stringify({ type: 'heartbeat', running: -1 })],
])('%s changes nothing', async (_, text) => {
  const { socket, heartbeat, put, send } = world();
  expect(await socket.hear(peer, text, 'q1')).toBeUndefined();
  for (const mock of [heartbeat, put, send]) expect(mock).not.toHaveBeenCalled();
});
