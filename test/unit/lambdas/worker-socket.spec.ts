import { createSocketHandler } from '../../../lambdas/worker-socket/serve';
import type { SocketPeer, WorkerSocket } from '../../../lib/api/worker-socket';

const authorizer = {
  ...{ principalId: 'fleet', subject: 'fleet', scopes: 'orchestration.worker', expires: '1700' },
  ...{ pool: 'gpu', worker: 'w1', registration: 'r-1' },
};
const peer: SocketPeer = {
  connectionId: 'c1',
  caller: { subject: 'fleet', scopes: ['orchestration.worker'] },
  query: { pool: 'gpu', worker: 'w1', registration: 'r-1' },
  expiresAt: 1_700_000,
};

function world(opens = true) {
  const hear = jest.fn(async () => ({ type: 'heard' as const }));
  const closed = jest.fn(async () => {});
  const socket: WorkerSocket = { opens: jest.fn(() => opens), hear, closed };
  const serve = createSocketHandler(socket);
  const call = (eventType: string, body = '', context: object | undefined = authorizer) =>
    serve({
      requestContext: { eventType, connectionId: 'c1', requestId: 'q1', authorizer: context },
      body,
    } as unknown as Parameters<typeof serve>[0]);
  return { call, socket, hear, closed };
}

it('a connection is opened for whom the authorizer named', async () => {
  const { call, socket } = world();
  expect(await call('CONNECT')).toEqual({ statusCode: 200 });
  expect(socket.opens).toHaveBeenCalledWith(peer);
  expect(await world(false).call('CONNECT')).toEqual({ statusCode: 403 });
});

it('what comes over it is heard as theirs, and answered over it', async () => {
  const { call, hear } = world();
  expect(await call('MESSAGE', '{"type":"heartbeat"}')).toEqual({
    statusCode: 200,
    body: '{"type":"heard"}',
  });
  expect(hear).toHaveBeenCalledWith(peer, '{"type":"heartbeat"}', 'q1');
  hear.mockResolvedValue(undefined as never);
  expect(await call('MESSAGE', 'x')).toEqual({ statusCode: 200 });
});

it('that it closed is heard', async () => {
  const { call, closed } = world();
  expect(await call('DISCONNECT')).toEqual({ statusCode: 200 });
  expect(closed).toHaveBeenCalledWith(peer);
});

it.each([
  ['nobody was authorised', undefined],
  ['no worker is named', { ...authorizer, worker: undefined }],
  ['there is no subject', { ...authorizer, subject: '' }],
])('where %s, nothing is done', async (_, context) => {
  const { call, socket, hear, closed } = world();
  for (const event of ['CONNECT', 'MESSAGE', 'DISCONNECT']) {
    expect(await call(event, '', context ?? {})).toEqual({ statusCode: 403 });
  }
  for (const mock of [socket.opens, hear, closed]) expect(mock).not.toHaveBeenCalled();
});

it('a token that says not when it expires opens nothing for long', async () => {
  const { call, socket } = world();
  await call('CONNECT', '', { ...authorizer, expires: undefined });
  expect(socket.opens).toHaveBeenCalledWith({ ...peer, expiresAt: 0 });
});
