import { routedHandler } from '../../../lambdas/runtime/routed';
import { workerCommands } from '../../../lib/api/workers';
import { poolAt } from '../../../lib/core/messages/address';
import { request } from './request';

function world() {
  const send = jest.fn(async () => {});
  return { handler: routedHandler(workerCommands({ streams: { send }, pools: ['default'] })), send };
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
    const { handler, send } = world();
    const answer = await request(handler, { ...to(command), body });
    expect([answer.status, answer.body]).toEqual([202, { worker_id: 'w1' }]);
    const actor = { kind: 'user', id: 'root' };
    expect(send).toHaveBeenCalledWith(
      { to: poolAt('default'), message },
      expect.objectContaining({ id: `${message.type}/r1`, actor }),
    );
  });

  it('is for administrators, and for pools that exist', async () => {
    const { handler, send } = world();
    for (const scopes of ['orchestration.jobs', 'orchestration.worker'])
      expect((await request(handler, { ...to(command), body, scopes })).status).toBe(403);
    const nowhere = { ...body, pool: 'nowhere' };
    expect((await request(handler, { ...to(command), body: nowhere })).body.problems[0].path).toBe('pool');
    expect(send).not.toHaveBeenCalled();
  });
});

describe('a cordon', () => {
  it('needs a reason', async () => {
    const { handler } = world();
    const { status, body } = await request(handler, { ...to('cordon'), body: {} });
    expect([status, body.problems[0].path]).toEqual([400, 'reason']);
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
