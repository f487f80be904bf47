import { closeGone } from '../../../lambdas/letter-keeper/gone';
import { keepQueue } from '../../../lambdas/letter-keeper/keep';
import { letterOfMessage } from '../../../lib/core/dlq/poisoned';
import { LETTER, LetterQueues } from './letter-queues';

const DAY = 86_400_000;
const REASON = 'INPUT_INVALID: a message is none of its queue';

/** Poisoned messages in the DLQ of `jobs`. */
function poisoned(count = 1, attributes: Record<string, string> = { reason: REASON }) {
  const queues = new LetterQueues();
  for (let i = 0; i < count; i++) queues.poisoned.push(queues.message(`body ${i}`, attributes));
  const [{ messageId = '', body = '' } = {}] = queues.poisoned;
  const { group, letter } = letterOfMessage({ queue: 'jobs', messageId, body, reason: REASON });
  return { queues, group, letter, state: () => queues.letter(letter.letterId, group) };
}

/** A letter that lies in the DLQ of `redrive`. */
async function laid() {
  const queues = new LetterQueues();
  await queues.say({ type: 'park', letter: LETTER, seq: 1 });
  await queues.deliver();
  return queues;
}

describe('a poisoned message', () => {
  it('becomes a letter of the administrators, with its queue and why it was given up, and stays in its DLQ', async () => {
    const { queues, group, state } = poisoned();
    expect(await queues.keep('jobs')).toEqual({ queue: 'jobs', seen: 1, parked: 1, archived: 1, removed: 0 });
    expect(await state()).toMatchObject({
      ...{ kind: 'message', queue: 'jobs', status: 'open', why: `jobs: ${REASON}` },
      archived: { place: 'letters/jobs/message 1' },
    });
    expect((await queues.streams.view({ kind: 'letter', id: group })).state).toMatchObject({
      owner: '',
      said: `${REASON}\nbody 0`,
    });
    expect(queues.poisoned).toMatchObject([{ hidden: false }]);
  });

  it('is one letter however often the keeper looks, and of a group with those given up for the same reason', async () => {
    const { queues, group } = poisoned(3);
    await queues.keep('jobs');
    const events = queues.events(group);
    expect(await queues.keep('jobs')).toMatchObject({ seen: 3, parked: 0, archived: 0, removed: 0 });
    expect(queues.events(group)).toEqual(events);
    expect((await queues.streams.view({ kind: 'letter', id: group })).state.letters.size).toBe(3);
  });

  it.each([
    [{}, 'jobs: it was received as often as its queue allows'],
    [
      { ERROR_CODE: 'NO_PERMISSIONS', ERROR_MESSAGE: 'denied', RULE_ARN: 'arn' },
      'jobs: EventBridge could not deliver it: NO_PERMISSIONS denied',
    ],
  ])('says of one with the attributes %j why it is there', async (attributes, why) => {
    const { queues } = poisoned(1, attributes);
    await queues.keep('jobs');
    const reason = 'ERROR_CODE' in attributes ? why.slice('jobs: '.length) : undefined;
    const { group, letter } = letterOfMessage({
      ...{ queue: 'jobs', messageId: queues.poisoned[0]?.messageId ?? '', body: 'body 0' },
      ...(reason === undefined ? {} : { reason }),
    });
    expect((await queues.letter(letter.letterId, group))?.why).toBe(why);
  });

  it('is removed when a person has done with it', async () => {
    const { queues, group } = poisoned();
    await queues.keep('jobs');
    await queues.say({ type: 'resolve', how: 'skip', by: 'root', reason: 'a test' }, group);
    expect(await queues.keep('jobs')).toMatchObject({ removed: 1 });
    expect(queues.poisoned).toEqual([]);
  });

  it('is taken out before SQS forgets it, and its letter stays, with where it is', async () => {
    const { queues, state } = poisoned();
    await queues.keep('jobs');
    queues.now += 12 * DAY - 1;
    expect(await queues.keep('jobs')).toMatchObject({ removed: 0 });
    queues.now += 1;
    expect(await queues.keep('jobs')).toMatchObject({ removed: 1 });
    expect([...queues.archived.values()]).toMatchObject([{ queue: 'jobs', body: 'body 0' }]);
    expect(await state()).toMatchObject({ status: 'open', archived: { place: 'letters/jobs/message 1' } });
  });

  it('is never removed before it is in the archive', async () => {
    const { queues, group, letter } = poisoned();
    await queues.say({ type: 'park', letter, seq: 1 }, group);
    await queues.say({ type: 'resolve', how: 'skip', by: 'root', reason: 'a test' }, group);
    expect(await queues.keep('jobs')).toMatchObject({ archived: 1, removed: 0 });
    expect(await queues.keep('jobs')).toMatchObject({ archived: 0, removed: 1 });
  });
});

describe('a letter in the DLQ of `redrive`', () => {
  it('stays, as long as it waits', async () => {
    const queues = await laid();
    const events = queues.events();
    expect(await queues.keep()).toMatchObject({ seen: 1, parked: 0, archived: 0, removed: 0 });
    expect([queues.dlq.length, queues.events()]).toEqual([1, events]);
  });

  it('is said to lie there, where nobody did', async () => {
    const queues = new LetterQueues();
    await queues.say({ type: 'park', letter: LETTER, seq: 1 });
    queues.throttle();
    await queues.keep();
    expect((await queues.letter())?.laid?.messageId).toBe(queues.dlq[0]?.messageId);
    // So it is known when it comes back, however soon.
    queues.redriveAll(1_000);
    expect(await queues.deliver()).toEqual(['take']);
  });

  it('is removed when it was resolved, or runs again, by other means', async () => {
    for (const message of [
      { type: 'resolve', how: 'skip', by: 'ana', reason: 'not needed' },
      { type: 'redrive', orderId: 'o1', mode: 'all', by: 'ana', reason: 'mended' },
    ] as const) {
      const queues = await laid();
      await queues.say(message);
      expect(await queues.keep()).toMatchObject({ removed: 1 });
      expect(queues.dlq).toEqual([]);
    }
  });

  it('lies there once, where it was posted twice and its consumer saw the other one only', async () => {
    const queues = await laid();
    const body = JSON.parse(queues.dlq[0]?.body ?? '');
    queues.dlq.push(queues.message(JSON.stringify({ ...body, posting: 'another' })));
    expect(await queues.keep()).toMatchObject({ seen: 2, removed: 1 });
    expect(JSON.parse(queues.dlq[0]?.body ?? '')).toEqual(body);
  });

  it('is taken out before SQS forgets it, and is redriven without SQS from then on', async () => {
    const queues = await laid();
    queues.now += 12 * DAY;
    expect(await queues.keep()).toMatchObject({ archived: 1, removed: 1 });
    expect(await queues.letter()).toMatchObject({ status: 'open', archived: { round: 1 } });
    await queues.say({ type: 'redrive', orderId: 'o1', mode: 'all', by: 'ana', reason: 'mended' });
    expect(queues.told.filter(({ message }) => message.type === 'retry')).toHaveLength(1);
  });

  it('that somebody sent there, and nobody can read, is a poisoned message as any other', async () => {
    const queues = new LetterQueues();
    queues.dlq.push(queues.message('hello'));
    expect(await queues.keep()).toMatchObject({ parked: 1, removed: 0 });
  });
});

describe('a look at a DLQ', () => {
  it('sees 200 messages at most, and gives back what it leaves', async () => {
    const { queues } = poisoned(250);
    expect(await queues.keep('jobs')).toMatchObject({ seen: 200 });
    expect(queues.poisoned.filter(({ hidden }) => hidden)).toEqual([]);
  });

  it('asks for nothing where there is nothing', async () => {
    const queues = new LetterQueues();
    const receive = jest.fn();
    const dlq = { count: async () => ({ visible: 0, hidden: 3 }), receive } as never;
    await keepQueue(queues.keeper(), { name: 'jobs', dlq, isOfLetters: false });
    expect(receive).not.toHaveBeenCalled();
  });

  it('ends at what comes twice', async () => {
    const { queues } = poisoned(12);
    const given: number[] = [];
    const messages = queues.poisoned.map((each) => ({ ...each, receiptHandle: each.messageId }));
    const batches = [messages.slice(0, 10), messages.slice(9, 12), messages.slice(0, 10)];
    const dlq = {
      count: async () => ({ visible: 12, hidden: 0 }),
      receive: async () => batches.shift() ?? [],
      giveBack: async (some: readonly unknown[]) => void given.push(some.length),
      remove: async () => undefined,
    };
    const kept = await keepQueue(queues.keeper(), { name: 'jobs', dlq, isOfLetters: false });
    expect([kept.seen, batches.length, given]).toEqual([12, 1, [10, 2]]);
  });

  it('ends when the time of the invocation does', async () => {
    const { queues } = poisoned(30);
    const left = [true, true, false];
    expect(await queues.keep('jobs', { hasTime: () => left.shift() ?? false })).toMatchObject({ seen: 20 });
  });

  it('goes on behind a message that cannot be seen to, which is left where it is', async () => {
    const { queues } = poisoned(3);
    const { archive } = queues.keeper();
    const put: typeof archive.put = async (message) => {
      if (message.body === 'body 1') throw new Error('denied');
      return archive.put(message);
    };
    expect(await queues.keep('jobs', { archive: { ...archive, put } })).toMatchObject({
      ...{ seen: 3, parked: 3, archived: 2 },
    });
    expect(queues.poisoned).toHaveLength(3);
    expect(await queues.keep('jobs')).toMatchObject({ parked: 0, archived: 1 });
  });

  it('gives back what it holds where the queue fails', async () => {
    const { queues } = poisoned(1);
    const given: unknown[] = [];
    const [message] = queues.poisoned.map((each) => ({ ...each, receiptHandle: each.messageId }));
    let calls = 0;
    const dlq = {
      count: async () => ({ visible: 12, hidden: 0 }),
      receive: async () => {
        calls += 1;
        if (calls > 1) throw new Error('away');
        return [message as NonNullable<typeof message>];
      },
      giveBack: async (some: readonly unknown[]) => void given.push(...some),
      remove: async () => undefined,
    };
    await expect(keepQueue(queues.keeper(), { name: 'jobs', dlq, isOfLetters: false })).rejects.toThrow(
      'away',
    );
    expect(given).toHaveLength(1);
  });
});

describe('the letter of a message that was taken out of its DLQ by other means', () => {
  /** Parked, and gone since, as by a redrive of the console. */
  async function gone() {
    const { queues, group, letter, state } = poisoned();
    await queues.keep('jobs');
    queues.poisoned.splice(0);
    queues.now += 600_000;
    const list = jest.fn(async () => ({ groups: [{ group, open: 1 } as never] }));
    const close = (names: readonly string[] = ['jobs']) => {
      const { letters, streams, archive, archiveAfterMs, clock } = queues.keeper();
      return closeGone({ list: { list }, letters, streams, archive, archiveAfterMs, clock }, new Set(names));
    };
    return { queues, group, letter, state, close, list };
  }

  it('is closed, once', async () => {
    const { state, close, queues, group } = await gone();
    expect(await close()).toBe(1);
    expect((await state())?.resolved).toMatchObject({
      how: 'elsewhere',
      why: expect.stringMatching('console'),
    });
    const events = queues.events(group);
    expect(await close()).toBe(0);
    expect(queues.events(group)).toEqual(events);
  });

  it('waits for as long as the DLQ holds anything, or what SQS says of that may be old', async () => {
    const { close, list, queues } = await gone();
    expect(await close(['pools'])).toBe(0);
    expect(await close([])).toBe(0);
    expect(list).toHaveBeenCalledTimes(1);
    queues.now -= 1;
    expect(await close()).toBe(0);
  });

  it('waits on where the keeper took the message out, as it was old', async () => {
    const { close, queues, state } = await gone();
    queues.now += 12 * DAY;
    expect(await close()).toBe(0);
    expect((await state())?.status).toBe('open');
  });

  it('waits on where it was redriven from here and could not be sent', async () => {
    const { close, queues, group, letter, state } = await gone();
    await queues.say({ type: 'redrive', orderId: 'o1', mode: 'all', by: 'root', reason: 'mended' }, group);
    queues.throttle();
    await queues.keep();
    queues.now += 600_000;
    expect(await close()).toBe(0);
    expect([(await state())?.status, letter.kind]).toEqual(['open', 'message']);
  });

  it('lies there again where it is found after all', async () => {
    const { close, queues, state } = await gone();
    const [place = ''] = queues.archived.keys();
    const message = queues.archived.get(place);
    await close();
    queues.poisoned.push({ ...(message as NonNullable<typeof message>), hidden: false });
    await queues.keep('jobs');
    expect(await state()).toMatchObject({ status: 'open', round: 2 });
    expect(queues.poisoned).toHaveLength(1);
  });
});
