import { createMembership } from '../../../lib/agent/membership';

const silent = { info: () => {}, warn: () => {}, error: () => {} };

it('a worker registers with what its work shares', async () => {
  const registerWorker = jest.fn(async () => ({
    worker_id: 'w1',
    dispatch_token: 't',
    heartbeat_seconds: 60,
  }));
  const worker = { workerId: 'w1', pool: 'default', labels: ['linux'], slots: 4, endpoint: 'http://w1' };
  const resources = { browserLicences: 2 };
  const membership = createMembership({
    client: { registerWorker, heartbeat: async () => {} },
    worker: { ...worker, resources },
    running: () => 0,
    onRegistered: () => {},
    onLost: async () => {},
    log: silent,
  });
  await membership.join();
  membership.leave();
  const { workerId: worker_id, ...rest } = worker;
  expect(registerWorker).toHaveBeenCalledWith({ worker_id, ...rest, resources });
});
