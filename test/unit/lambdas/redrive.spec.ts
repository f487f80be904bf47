import { routedHandler } from '../../../lambdas/runtime/routed';
import { letterRoutes } from '../../../lib/api/letters';
import { SCOPES } from '../../../lib/core/access/scopes';
import { letterOfMessage } from '../../../lib/core/dlq/poisoned';
import { letterGroup } from '../../../lib/core/messages/letter';
import { LETTER, LetterQueues } from './letter-queues';
import { request } from './request';

/** A letter that was parked, and is on its way. */
async function parked() {
  const queues = new LetterQueues();
  await queues.say({ type: 'park', letter: LETTER, seq: 1 });
  return queues;
}

/** A letter that lies in the DLQ. */
async function laid() {
  const queues = await parked();
  expect(await queues.deliver()).toEqual(['refuse']);
  return queues;
}

const retries = ({ told }: LetterQueues) => told.filter(({ message }) => message.type === 'retry');

describe('a letter in the queue `redrive`', () => {
  it('is refused, and its group knows as which message it lies in the DLQ', async () => {
    const queues = await laid();
    expect(queues.dlq).toHaveLength(1);
    expect((await queues.letter())?.laid).toMatchObject({ messageId: queues.dlq[0]?.messageId, round: 1 });
    expect(retries(queues)).toEqual([]);
  });

  it('says in its body whom it is about, for whoever looks at it in the console', async () => {
    const [held] = (await laid()).dlq;
    expect(JSON.parse(held?.body ?? '')).toMatchObject({
      ...{ jobId: 'j1', nodeId: 'e2e', why: 'its attempts are used up' },
    });
  });

  it('that came back from the DLQ is taken, and its node runs again', async () => {
    const queues = await laid();
    queues.redriveAll();
    expect(await queues.deliver()).toEqual(['take']);
    expect(queues.dlq).toEqual([]);
    expect(retries(queues)).toMatchObject([{ to: { kind: 'job', id: 'j1' }, message: { nodes: ['e2e'] } }]);
    expect((await queues.letter())?.status).toBe('redriving');
  });

  it('that comes a second time, as SQS may bring it, changes nothing', async () => {
    const queues = await parked();
    const [held] = queues.queue;
    await queues.deliver();
    queues.queue.push({ ...(held as NonNullable<typeof held>) });
    expect(await queues.deliver()).toEqual(['refuse']);
    queues.redriveAll();
    const [back] = queues.queue;
    await queues.deliver();
    queues.queue.push({ ...(back as NonNullable<typeof back>) });
    expect(await queues.deliver()).toEqual(['take']);
    expect(retries(queues)).toHaveLength(1);
    expect(queues.events().filter((type) => type === 'letter.laid')).toHaveLength(1);
  });

  it('that was posted twice, as its effect was performed twice, lies there once and is no redrive', async () => {
    const queues = await parked();
    const [held] = queues.queue;
    const twin = JSON.stringify({ ...JSON.parse(held?.body ?? ''), posting: 'another' });
    queues.queue.push(queues.message(twin));
    expect(await queues.deliver()).toEqual(['refuse', 'take']);
    expect(retries(queues)).toEqual([]);
    expect(queues.dlq).toHaveLength(1);
  });

  it('that its consumer never saw, as it was throttled, runs again all the same when it comes back', async () => {
    const queues = await parked();
    queues.throttle();
    queues.redriveAll(61_000);
    expect(await queues.deliver()).toEqual(['take']);
    expect(retries(queues)).toHaveLength(1);
  });

  it('is in the DLQ again where that was within a minute, and runs with the next redrive', async () => {
    const queues = await parked();
    queues.throttle();
    queues.redriveAll(1_000);
    expect(await queues.deliver()).toEqual(['refuse']);
    queues.redriveAll(1_000);
    expect(await queues.deliver()).toEqual(['take']);
    expect(retries(queues)).toHaveLength(1);
  });

  it('is not lost when it comes back while the table is away: it is in the DLQ again', async () => {
    const queues = await laid();
    queues.redriveAll();
    queues.away = true;
    expect(await queues.deliver()).toEqual(['refuse']);
    queues.away = false;
    queues.redriveAll();
    expect(await queues.deliver()).toEqual(['take']);
    expect(retries(queues)).toHaveLength(1);
  });

  it('that was resolved meanwhile is taken, and nothing runs', async () => {
    const queues = await laid();
    await queues.say({ type: 'resolve', how: 'skip', by: 'ana', reason: 'not needed' });
    queues.redriveAll();
    expect(await queues.deliver()).toEqual(['take']);
    expect(retries(queues)).toEqual([]);
  });

  it('of an earlier round is taken: what was parked since lies there itself', async () => {
    const queues = await laid();
    const [old] = queues.dlq;
    await queues.say({ type: 'redrive', orderId: 'o1', mode: 'all', by: 'ana', reason: 'mended' });
    await queues.say({ type: 'park', letter: LETTER, seq: 9 });
    await queues.deliver();
    expect(queues.dlq).toHaveLength(2);
    queues.dlq.splice(
      queues.dlq.findIndex((each) => each !== old),
      1,
    );
    queues.redriveAll();
    expect(await queues.deliver()).toEqual(['take']);
    expect(retries(queues)).toHaveLength(1);
    expect((await queues.letter())?.status).toBe('open');
  });

  it('that failed the same way three times goes back into the DLQ as another message', async () => {
    const queues = await laid();
    for (let times = 1; times <= 3; times++) {
      queues.redriveAll();
      expect(await queues.deliver()).toEqual(['take']);
      await queues.say({ type: 'park', letter: LETTER, seq: 10 * times });
      await queues.deliver();
    }
    queues.redriveAll();
    expect(await queues.deliver()).toEqual(['take']);
    expect(retries(queues)).toHaveLength(3);
    expect(await queues.deliver()).toEqual(['refuse']);
    expect(await queues.letter()).toMatchObject({ status: 'open', why: expect.stringMatching('by force') });
    expect(queues.dlq).toHaveLength(1);
  });

  it('that is none of its group, or no letter at all, lies in the DLQ', async () => {
    const queues = await laid();
    const [held] = queues.dlq.splice(0);
    const body = { ...JSON.parse(held?.body ?? ''), letterId: 'another' };
    queues.queue.push(queues.message(JSON.stringify(body)), queues.message('hello'));
    expect(await queues.deliver()).toEqual(['refuse', 'refuse']);
    expect(queues.dlq).toHaveLength(2);
  });
});

describe('a poisoned message that is redriven', () => {
  /** One of the queue `jobs` that was parked as a letter. */
  async function poisoned() {
    const queues = new LetterQueues();
    queues.poisoned.push(
      queues.message('{"to":"nobody"}', { reason: 'INPUT_INVALID: to: no stream', RULE_ARN: 'arn' }),
    );
    await queues.keep('jobs');
    const [place = ''] = queues.archived.keys();
    const { messageId, body } = queues.poisoned[0] as NonNullable<(typeof queues.poisoned)[0]>;
    const reason = 'INPUT_INVALID: to: no stream';
    const { group, letter } = letterOfMessage({ queue: 'jobs', messageId, body, reason });
    const redrive = (input?: { body: string }) =>
      queues.say(
        { type: 'redrive', orderId: 'o1', mode: 'all', by: 'ana', reason: 'mended', ...(input && { input }) },
        group,
      );
    return { queues, place, group, letter, redrive, status: () => queues.letter(letter.letterId, group) };
  }

  it('goes back to its queue as it was, and leaves the DLQ', async () => {
    const { queues, redrive, letter, status } = await poisoned();
    await redrive();
    expect(await queues.deliver()).toEqual(['take']);
    expect(queues.resent).toEqual([
      { queue: 'jobs', body: '{"to":"nobody"}', id: `${letter.letterId}/1`, attributes: ['RULE_ARN'] },
    ]);
    expect((await status())?.resolved?.how).toBe('retried');
    expect(await queues.keep('jobs')).toMatchObject({ seen: 1, removed: 1 });
    expect(queues.poisoned).toEqual([]);
  });

  it('goes with the text that a person has put in the place of its own', async () => {
    const { queues, redrive } = await poisoned();
    await redrive({ body: '{"to":"somebody"}' });
    await queues.deliver();
    expect(queues.resent.map(({ body }) => body)).toEqual(['{"to":"somebody"}']);
  });

  it.each([
    ['message', { body: '{"to":"somebody"}' }, 200],
    ['message', { run: 'make' }, 400],
    ['node', { body: 'a text' }, 400],
    ['node', { run: 'make' }, 200],
  ] as const)(
    'is edited by its text, a node by what it runs: a %s with %j answers %d',
    async (kind, input, status) => {
      const { queues, group } = await poisoned();
      await queues.say({ type: 'park', letter: LETTER, seq: 1 });
      const handler = routedHandler(
        letterRoutes({ streams: queues.streams, letters: { list: async () => ({ groups: [] }) } }),
      );
      const answer = await request(handler, {
        ...{ route: 'POST /letters/{group}/redrive', scopes: 'orchestration.admin' },
        params: { group: kind === 'message' ? group : letterGroup('ana', LETTER.signature) },
        body: { input },
      });
      expect(answer.status).toBe(status);
      if (status === 400) {
        expect(answer.body.code).toBe('INPUT_INVALID');
        expect(answer.body.detail).toMatch(kind === 'message' ? /`input.body`/ : /^input.body: /);
      }
      await queues.deliver();
      expect(queues.resent.map(({ body }) => body)).toEqual(
        'body' in input && status === 200 ? [input.body] : [],
      );
    },
  );

  it('is seen and redriven by administrators only', async () => {
    const { queues, group } = await poisoned();
    const handler = routedHandler(
      letterRoutes({ streams: queues.streams, letters: { list: async () => ({ groups: [] }) } }),
    );
    const on = (route: string, rest: object = {}) =>
      request(handler, {
        route,
        params: { group },
        scopes: `${SCOPES.jobs} ${SCOPES.retryStandard}`,
        ...rest,
      });
    expect((await on('GET /letters/{group}')).status).toBe(404);
    expect((await on('POST /letters/{group}/redrive', { body: {} })).status).toBe(404);
    expect((await on('GET /letters', { query: { kind: 'message' } })).status).toBe(403);
  });

  it('lies parked again, and says why, where it is in no archive any more', async () => {
    const { queues, redrive, place, status } = await poisoned();
    queues.archived.delete(place);
    await redrive();
    expect(await queues.deliver()).toEqual(['take']);
    expect(await status()).toMatchObject({ status: 'open', why: `its message is not at ${place} any more` });
  });

  it('lies parked again where it could not be sent within the invocation', async () => {
    const { queues, redrive, status } = await poisoned();
    await redrive();
    const [order] = queues.queue;
    queues.throttle();
    expect(queues.dlq).toEqual([order]);
    expect(await queues.keep()).toMatchObject({ removed: 1 });
    expect(queues.dlq).toEqual([]);
    expect(await status()).toMatchObject({ status: 'open', why: expect.stringMatching('could not be sent') });
    expect(queues.resent).toEqual([]);
  });
});
