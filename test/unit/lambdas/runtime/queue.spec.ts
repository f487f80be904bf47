import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { z } from 'zod';
import { queueHandler } from '../../../../lambdas/runtime/queue';
import { RepriseError } from '../../../../lib/core/errors';
import { patience } from '../received';

const record = (messageId: string, body: unknown) =>
  ({ messageId, body: JSON.stringify(body), attributes: { ApproximateReceiveCount: '1' } }) as SQSRecord;

describe('a function behind a standard queue', () => {
  it('handles each message by itself: one that fails holds up no other', async () => {
    const { how, again, buried } = patience();
    const handled: string[] = [];
    const handler = queueHandler('q', z.object({ say: z.string() }), how, async ({ say }) => {
      if (say === 'busy') throw new RepriseError('UPSTREAM_UNAVAILABLE', 'throttled');
      handled.push(say);
    });
    const Records = [record('m1', { say: 'busy' }), record('m2', {}), record('m3', { say: 'hello' })];
    const context = { getRemainingTimeInMillis: () => 1_000 } as Context;
    const answer = await (handler as (event: SQSEvent, context: Context) => Promise<unknown>)(
      { Records },
      context,
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(handled).toEqual(['hello']);
    expect(again).toMatchObject([{ ids: ['m1'] }]);
    expect(buried).toMatchObject([{ id: 'm2', reason: expect.stringContaining('say: ') }]);
  });
});
