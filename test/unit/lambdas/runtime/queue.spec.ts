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

describe('a full batch of an ordered queue', () => {
  const ofGroup = (messageId: string, group: string) => ({
    ...record(messageId, messageId),
    receiptHandle: `r-${messageId}`,
    attributes: { ApproximateReceiveCount: '1', MessageGroupId: group },
  });
  const many = (count: number, name: string, group: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => ofGroup(`${name}${i}`, group(i)));
  const context = { getRemainingTimeInMillis: () => 15_000 } as Context;
  type Handler = (event: SQSEvent, context: Context) => Promise<unknown>;

  function handled(options: Parameters<typeof patience>[0], fails: (group: string) => boolean = () => false) {
    const world = patience(options);
    const seen: [string, number][] = [];
    const handle = async (group: string, items: readonly string[]) => {
      seen.push([group, items.length]);
      if (fails(group)) throw new RepriseError('UPSTREAM_UNAVAILABLE', 'throttled');
    };
    const handler = fifoHandler('q', { parse: ({ body }) => body, handle }, world.how) as Handler;
    return { ...world, seen, handler };
  }

  it('takes along what waits in other groups, with the lanes of its stream decided at once', async () => {
    const waiting = many(25, 'm', (i) => (i < 10 ? 'p#3' : `q#${i % 2}`));
    const { handler, seen, removed } = handled({ waiting });
    const Records = many(10, 'b', () => 'p') as SQSEvent['Records'];
    expect(await handler({ Records }, context)).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual([
      ['p', 20],
      ['q', 15],
    ]);
    expect(removed).toHaveLength(25);
  });

  it('takes 70 along at most, and none where it is not full', async () => {
    const waiting = many(100, 'm', (i) => `j${i}`);
    const { handler, removed } = handled({ waiting });
    await handler({ Records: many(10, 'b', () => 'p') as SQSEvent['Records'] }, context);
    expect([removed.length, waiting.length]).toEqual([70, 30]);
    await handler({ Records: many(9, 'c', () => 'p') as SQSEvent['Records'] }, context);
    expect(waiting).toHaveLength(30);
  });

  it('gives back only what cannot be handled now: its own to Lambda, the rest to the queue', async () => {
    const waiting = [...many(3, 'm', () => 'bad'), ...many(2, 'n', () => 'good')];
    const { handler, removed, again } = handled({ waiting }, (group) => group === 'bad');
    const Records = [...many(4, 'b', () => 'bad'), ...many(6, 'c', () => 'good')] as SQSEvent['Records'];
    const failures = ['b0', 'b1', 'b2', 'b3'].map((itemIdentifier) => ({ itemIdentifier }));
    expect(await handler({ Records }, context)).toEqual({ batchItemFailures: failures });
    expect(again.map(({ ids }) => ids)).toEqual([['b0', 'b1', 'b2', 'b3', 'm0', 'm1', 'm2']]);
    expect(removed).toEqual(['n0', 'n1']);
  });

  it('is handled all the same where no more can be had, or what was taken along cannot be removed', async () => {
    const { handler, how, seen } = handled({ waiting: many(5, 'm', () => 'p') });
    const Records = many(10, 'b', () => 'p') as SQSEvent['Records'];
    Object.assign(how.queue, { remove: () => Promise.reject(new Error('away')) });
    expect(await handler({ Records }, context)).toEqual({ batchItemFailures: [] });
    Object.assign(how.queue, { takeMore: () => Promise.reject(new Error('away')) });
    expect(await handler({ Records }, context)).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual([
      ['p', 15],
      ['p', 10],
    ]);
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
