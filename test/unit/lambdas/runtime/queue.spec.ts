import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { z } from 'zod';
import { fifoHandler, queueHandler, refusingHandler } from '../../../../lambdas/runtime/queue';
import { RepriseError } from '../../../../lib/core/errors';
import { patience } from '../received';

const record = (messageId: string, body: unknown) =>
  ({ messageId, body: JSON.stringify(body), attributes: { ApproximateReceiveCount: '1' } }) as SQSRecord;

describe('a function behind a standard queue', () => {
  it('handles each message by itself: one that fails holds up no other', async () => {
    const { how, again, buried } = patience();
    const handled: string[] = [];
    let asked = 0;
    const handler = queueHandler('q', z.object({ say: z.string() }), how, async ({ say }) => {
      asked += 1;
      if (say === 'busy') throw new RepriseError('UPSTREAM_UNAVAILABLE', 'throttled');
      handled.push(say);
    });
    const Records = [record('m1', { say: 'busy' }), record('m2', {}), record('m3', { say: 'hello' })];
    const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
    const answer = await (handler as (event: SQSEvent, context: Context) => Promise<unknown>)(
      { Records },
      context,
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(handled).toEqual(['hello']);
    expect(asked).toBe(2);
    expect(again).toMatchObject([{ ids: ['m1'] }]);
    expect(buried).toMatchObject([{ id: 'm2', reason: expect.stringContaining('say: ') }]);
  });
});

describe('a function behind an ordered queue', () => {
  it.each([
    ['has time left', 15_000, 3, []],
    ['has little time left', 10_000, 1, ['m1', 'm2']],
  ])('tries again what holds up its group where it %s', async (_, remaining, tries, back) => {
    const { how } = patience();
    let asked = 0;
    const handle = async () => {
      asked += 1;
      if (asked < 3) throw new RepriseError('UPSTREAM_UNAVAILABLE', 'throttled');
    };
    const handler = fifoHandler('q', { parse: ({ body }) => body, handle }, how);
    const Records = [record('m1', 1), record('m2', 2)];
    const context = { getRemainingTimeInMillis: () => remaining } as Context;
    const answer = await (handler as (event: SQSEvent, context: Context) => Promise<unknown>)(
      { Records },
      context,
    );
    expect(asked).toBe(tries);
    expect(answer).toEqual({ batchItemFailures: back.map((itemIdentifier) => ({ itemIdentifier })) });
  });
});

describe('a function behind a queue that hands out a message once', () => {
  const Records = [record('m1', 'refuse'), record('m2', 'take'), record('m3', 'refuse')];
  const context = { getRemainingTimeInMillis: () => 15_000 } as Context;
  type Handled = (event: SQSEvent, context: Context) => Promise<unknown>;
  const failures = { batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm3' }] };

  it('has SQS take to the DLQ at once what it refuses, and nothing else', async () => {
    const { how, again, buried, time } = patience();
    const ends: (number | undefined)[] = [];
    const handler = refusingHandler(
      'q',
      async ({ body }, { until }) => {
        ends.push(until);
        return JSON.parse(body);
      },
      how,
    );
    expect(await (handler as Handled)({ Records }, context)).toEqual(failures);
    expect([again, buried]).toEqual([[{ ids: ['m1', 'm3'], seconds: 0 }], []]);
    // All the time that the invocation has: there is no other one.
    expect(new Set(ends)).toEqual(new Set([time.now() + 5_000]));
  });

  it('refuses them all the same where their visibility cannot be changed', async () => {
    const { how } = patience();
    const comeAgain = () => Promise.reject(new Error('denied'));
    const queue = { ...how.queue, comeAgain };
    const handler = refusingHandler('q', async ({ body }) => JSON.parse(body), { ...how, queue });
    expect(await (handler as Handled)({ Records }, context)).toEqual(failures);
  });
});
