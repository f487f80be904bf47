import { pullChannel } from '../../../lib/agent/channel';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const engine = { status: jest.fn(), cancel: jest.fn(), results: jest.fn() };
const reception = {
  ...{ engine, accept: jest.fn(), load: () => ({ running: 0, slots: 1 }), running: () => [], log: silent },
};
const answer = { worker_id: 'w', dispatch_token: 't', heartbeat_seconds: 40 };

it.each(['ws://elsewhere.test/v1', 'ws://api.test/v1'])(
  'the token of a worker goes to no address without TLS where the API has it: %s',
  async (connect) => {
    const channel = pullChannel(reception, { api: 'https://api.test', token: 'jwt', onOpen: () => {} });
    expect(() => channel.registered({ ...answer, connect })).toThrow('no token is sent there');
    await channel.close();
  },
);

it('an engine without connections is told apart from one that does not answer', async () => {
  const channel = pullChannel(reception, { api: 'https://api.test', token: 'jwt', onOpen: () => {} });
  expect(() => channel.registered(answer)).toThrow('give the worker an endpoint');
  await channel.close();
});
