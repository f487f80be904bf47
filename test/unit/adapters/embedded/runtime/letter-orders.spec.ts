import { answeredWhereRefused } from '../../../../../lib/adapters/embedded/runtime/letter-orders';
import { RepriseError } from '../../../../../lib/core/errors';
import { jobAt, letterAt } from '../../../../../lib/core/messages/address';
import type { JobMessage } from '../../../../../lib/core/messages/job';
import { letterIdOf } from '../../../../../lib/core/messages/letter';

describe('an order of letters to a job that this journal has not', () => {
  const orders: [string, 'node' | 'rollback', JobMessage][] = [
    ['to run a node again', 'node', { type: 'retry', nodes: ['a'], reason: 'r', order: 'letter/g/7' }],
    [
      'to undo it once more',
      'rollback',
      { type: 'rollback', nodes: ['a'], reason: 'r', order: 'letter/g/7/rollback' },
    ],
  ];

  it.each(orders)('%s is answered: they lie where they did, and say why', async (_, kind, message) => {
    const send = jest.fn(async (..._of: unknown[]) => {});
    const toJob = answeredWhereRefused(
      () => Promise.reject(new RepriseError('JOB_NOT_FOUND', 'no job j in this journal')),
      { send },
    );
    await toJob(
      { to: jobAt('j'), message },
      { id: 'letter/g/7/job', actor: { kind: 'engine', id: 'letter/g' } },
    );
    expect(send.mock.calls.map(([delivery]) => delivery)).toEqual([
      {
        to: letterAt('g'),
        message: {
          ...{ type: 'closed', letterId: letterIdOf(kind, 'j', 'a'), outcome: 'refused' },
          why: 'no job j in this journal',
        },
      },
    ]);
  });
});
