import { routedHandler } from '../../../lambdas/runtime/routed';
import { workerCommandRoutes } from '../../../lambdas/worker-command/routes';
import { request } from './request';

function world() {
  const sendToPool = jest.fn(async () => {});
  return {
    handler: routedHandler(workerCommandRoutes({ queues: { sendToPool }, pools: ['default'] })),
    sendToPool,
  };
}
const to = (command: string) => ({
  ...{ route: `POST /workers/{workerId}/${command}`, params: { workerId: 'w1' } },
  ...{ subject: 'root', scopes: 'orchestration.admin' },
});

describe.each([
  ['cordon', { reason: 'bad disk' }, { type: 'workerCordoned', workerId: 'w1', reason: 'bad disk' }],
  ['uncordon', {}, { type: 'workerUncordoned', workerId: 'w1' }],
])('POST /workers/{workerId}/%s', (command, body, message) => {
  it('tells the pool who asked for it and answers 202', async () => {
    const { handler, sendToPool } = world();
    const answer = await request(handler, { ...to(command), body });
    expect([answer.status, answer.body]).toEqual([202, { worker_id: 'w1' }]);
    const actor = { kind: 'user', id: 'root' };
    expect(sendToPool).toHaveBeenCalledWith('default', expect.objectContaining({ actor, message }));
  });

  it('is for administrators, and for pools that exist', async () => {
    const { handler, sendToPool } = world();
    for (const scopes of ['orchestration.jobs', 'orchestration.worker'])
      expect((await request(handler, { ...to(command), body, scopes })).status).toBe(403);
    const nowhere = { ...body, pool: 'nowhere' };
    expect((await request(handler, { ...to(command), body: nowhere })).body.error.problems[0].path).toBe(
      'pool',
    );
    expect(sendToPool).not.toHaveBeenCalled();
  });
});

describe('a cordon', () => {
  it('needs a reason', async () => {
    const { handler } = world();
    const { status, body } = await request(handler, { ...to('cordon'), body: {} });
    expect([status, body.error.problems[0].path]).toEqual([400, 'reason']);
  });
});

describe('a function for several routes', () => {
  it('does not take what is none of them', async () => {
    const { handler } = world();
    await expect(request(handler, { ...to('explode') })).rejects.toThrow(
      'no route POST /workers/{workerId}/explode',
    );
  });
});
