import { keepQueue } from '../../../lambdas/letter-keeper/keep';
import { letterOfMessage } from '../../../lib/core/dlq/poisoned';
import { REDRIVE_MODES } from '../../../lib/core/messages/letter';
import { deadLetters, LETTER, LetterQueues } from './letter-queues';

const DAY = 86_400_000;
const people = { by: 'ana', reason: 'mended' } as const;
const IDS = ['l1', 'l2', 'l3'];

const letterOf = (letterId: string) => ({ ...LETTER, letterId, nodeId: `node-${letterId}` });

/** Letters that lie in the DLQ. */
async function laid(ids: readonly string[] = IDS): Promise<LetterQueues> {
  const queues = new LetterQueues();
  for (const letterId of ids) await queues.say({ type: 'park', letter: letterOf(letterId), seq: 1 });
  await queues.deliver();
  expect(queues.dlq).toHaveLength(ids.length);
  return queues;
}

/** Letters of which SQS would know nothing any more: they lie in the archive since they were twelve days old. */
async function archived(ids: readonly string[] = IDS): Promise<LetterQueues> {
  const queues = await laid(ids);
  queues.now += 12 * DAY;
  expect(await queues.keep()).toMatchObject({ archived: ids.length, removed: ids.length });
  queues.now += 3 * DAY;
  expect([queues.dlq.length, queues.queue.length, queues.archived.size]).toEqual([0, 0, ids.length]);
  return queues;
}

/** Nodes that jobs were told to run again, in turn. */
const retried = ({ told }: LetterQueues): string[][] =>
  told.flatMap(({ message }) => (message.type === 'retry' ? [[...(message.nodes ?? [])]] : []));

const statusOf = async (queues: LetterQueues, letterId: string) => (await queues.letter(letterId))?.status;

describe('a letter that SQS has forgotten', () => {
  it('is redriven alone, and the others stay in the archive', async () => {
    const queues = await archived();
    await queues.say({ type: 'redrive', orderId: 'o', mode: 'all', letters: ['l2'], ...people });
    expect(retried(queues)).toEqual([['node-l2']]);
    expect(await Promise.all(IDS.map((id) => statusOf(queues, id)))).toEqual(['open', 'redriving', 'open']);
  });

  it('is redriven with its group', async () => {
    const queues = await archived();
    await queues.say({ type: 'redrive', orderId: 'o', mode: 'all', ...people });
    expect(retried(queues)).toEqual([['node-l1', 'node-l2', 'node-l3']]);
  });

  it('goes first as a canary, and the rest when it has ended well', async () => {
    const queues = await archived();
    await queues.say({ type: 'redrive', orderId: 'o', mode: 'canary', ...people });
    expect(retried(queues)).toEqual([['node-l1']]);
    await queues.say({ type: 'closed', letterId: 'l1', outcome: 'succeeded', seq: 2 });
    expect(retried(queues)).toEqual([['node-l1'], ['node-l2', 'node-l3']]);
  });

  it('runs with the input that a person gives it', async () => {
    const queues = await archived(['l1']);
    const input = { run: 'make test-fast', timeoutMs: 5_000 };
    await queues.say({ type: 'redrive', orderId: 'o', mode: 'all', input, ...people });
    expect(queues.told.map(({ message }) => message)).toMatchObject([
      { type: 'retry', nodes: ['node-l1'], inputs: { 'node-l1': input } },
    ]);
  });

  it.each(REDRIVE_MODES)(
    'and fails again in mode %s lies in the DLQ once more, for as long as any',
    async (mode) => {
      const queues = await archived(['l1']);
      await queues.say({ type: 'redrive', orderId: 'o', mode, ...people });
      await queues.say({ type: 'park', letter: letterOf('l1'), seq: 2 });
      expect(await queues.deliver()).toEqual(['refuse']);
      expect(await queues.keep()).toMatchObject({ archived: 0, removed: 0 });
      queues.now += 12 * DAY;
      expect(await queues.keep()).toMatchObject({ archived: 1, removed: 1 });
      expect(await queues.letter('l1')).toMatchObject({ status: 'open', archived: { round: 2 } });
      expect(queues.archived.size).toBe(2);
    },
  );
});

describe('a redrive by the console while the keeper archives', () => {
  /** The keeper has held the message for longer than it may, and the console moves it now. */
  const moments = {
    'before the keeper looks': async (queues: LetterQueues, redrive: () => Promise<void>) => {
      await redrive();
      await queues.keep();
    },
    'before it is in the archive': (queues: LetterQueues, redrive: () => Promise<void>) => {
      const { archive } = queues.keeper();
      const put: typeof archive.put = async (message) => {
        await redrive();
        return archive.put(message);
      };
      return queues.keep('redrive', { archive: { ...archive, put } });
    },
    'before its group knows': (queues: LetterQueues, redrive: () => Promise<void>) => {
      const { archive } = queues.keeper();
      const put: typeof archive.put = async (message) => {
        const place = await archive.put(message);
        await redrive();
        return place;
      };
      return queues.keep('redrive', { archive: { ...archive, put } });
    },
    'before it is taken out of the DLQ': (queues: LetterQueues, redrive: () => Promise<void>) => {
      const { streams } = queues.keeper();
      const send: typeof streams.send = async (delivery, origin) => {
        await streams.send(delivery, origin);
        await redrive();
      };
      return queues.keep('redrive', { streams: { send } });
    },
  };

  it.each(
    Object.entries(moments).flatMap(([when, race]) =>
      ([true, false] as const).map((isHandled) => [when, isHandled, race] as const),
    ),
  )(
    '%s (its consumer is as fast: %s) runs the letter once, and loses nothing',
    async (_, isHandled, race) => {
      const queues = await laid(['l1']);
      queues.now += 12 * DAY;
      const redrive = async () => {
        queues.redriveAll();
        if (isHandled) await queues.deliver();
      };
      await race(queues, redrive);
      await queues.deliver();
      expect(retried(queues)).toEqual([['node-l1']]);
      expect(await statusOf(queues, 'l1')).toBe('redriving');
      expect([queues.dlq.length, queues.queue.length]).toEqual([0, 0]);
      await queues.keep();
      expect(retried(queues)).toHaveLength(1);
      expect(queues.events().filter((type) => type === 'letter.archived').length).toBeLessThanOrEqual(1);
      // What fails again lies there by itself.
      await queues.say({ type: 'park', letter: letterOf('l1'), seq: 2 });
      expect(await queues.deliver()).toEqual(['refuse']);
      expect(await queues.keep()).toMatchObject({ archived: 0, removed: 0 });
      expect(await queues.letter('l1')).toMatchObject({ status: 'open', round: 2 });
    },
  );

  it('finds nothing there afterwards, and the letter waits in the archive', async () => {
    const queues = await archived(['l1']);
    queues.redriveAll();
    expect(await queues.deliver()).toEqual([]);
    expect(await statusOf(queues, 'l1')).toBe('open');
  });

  it('of what came back while the table was away has it lie there anew, and be archived in its time', async () => {
    const queues = await laid(['l1']);
    queues.now += 12 * DAY;
    queues.redriveAll();
    queues.away = true;
    expect(await queues.deliver()).toEqual(['refuse']);
    queues.away = false;
    expect(await queues.keep()).toMatchObject({ archived: 0, removed: 0 });
    queues.now += 12 * DAY;
    expect(await queues.keep()).toMatchObject({ archived: 1, removed: 1 });
    await queues.say({ type: 'redrive', orderId: 'o', mode: 'all', ...people });
    expect(retried(queues)).toEqual([['node-l1']]);
  });
});

describe('what is archived twice', () => {
  it('as the keeper died before it was taken out lies in the archive once, and is known to once', async () => {
    const queues = await laid(['l1']);
    queues.now += 12 * DAY;
    const dlq = { ...deadLetters(queues.dlq), remove: () => Promise.reject(new Error('killed')) };
    await expect(keepQueue(queues.keeper(), { name: 'redrive', dlq, isOfLetters: true })).rejects.toThrow(
      'killed',
    );
    const [place] = queues.archived.keys();
    expect(await queues.keep()).toMatchObject({ archived: 0, removed: 1 });
    expect([...queues.archived.keys()]).toEqual([place]);
    expect(queues.events().filter((type) => type === 'letter.archived')).toHaveLength(1);
    await queues.say({ type: 'redrive', orderId: 'o', mode: 'all', ...people });
    expect(retried(queues)).toEqual([['node-l1']]);
  });

  it('as two keepers hold it at once is the same', async () => {
    const queues = await laid(['l1']);
    queues.now += 12 * DAY;
    const { archive } = queues.keeper();
    const put: typeof archive.put = async (message) => {
      for (const each of queues.dlq) each.hidden = false;
      await queues.keep();
      return archive.put(message);
    };
    await queues.keep('redrive', { archive: { ...archive, put } });
    expect([queues.archived.size, queues.dlq.length]).toEqual([1, 0]);
    expect(queues.events().filter((type) => type === 'letter.archived')).toHaveLength(1);
    expect(await queues.letter('l1')).toMatchObject({ status: 'open', archived: { round: 1 } });
  });

  it('as SQS brings it again after it was taken out goes again, also where its letter runs meanwhile', async () => {
    for (const isRedriven of [false, true]) {
      const queues = await laid(['l1']);
      const [held] = queues.dlq;
      queues.now += 12 * DAY;
      await queues.keep();
      if (isRedriven) await queues.say({ type: 'redrive', orderId: 'o', mode: 'all', ...people });
      queues.dlq.push({ ...(held as NonNullable<typeof held>), hidden: false });
      expect(await queues.keep()).toMatchObject({ archived: 0, removed: 1 });
      expect(queues.archived.size).toBe(1);
      expect(await statusOf(queues, 'l1')).toBe(isRedriven ? 'redriving' : 'open');
    }
  });
});

describe('poisoned messages that SQS has forgotten', () => {
  const REASON = 'INPUT_INVALID: to: no stream';

  async function forgotten() {
    const queues = new LetterQueues();
    for (const i of [1, 2, 3]) queues.poisoned.push(queues.message(`body ${i}`, { reason: REASON }));
    const letters = queues.poisoned.map(({ messageId, body }) =>
      letterOfMessage({ queue: 'jobs', messageId, body, reason: REASON }),
    );
    const group = letters[0]?.group ?? '';
    await queues.keep('jobs');
    queues.now += 12 * DAY;
    expect(await queues.keep('jobs')).toMatchObject({ removed: 3 });
    queues.now += 5 * DAY;
    const ids = letters.map(({ letter }) => letter.letterId);
    return { queues, group, ids, sent: () => queues.resent.map(({ body }) => body) };
  }

  it.each([
    ['one alone', { letters: 1, mode: 'all' }, ['body 1']],
    ['their group', { mode: 'all' }, ['body 1', 'body 2', 'body 3']],
    ['a canary and the rest', { mode: 'canary' }, ['body 1', 'body 2', 'body 3']],
    ['one with another text', { letters: 1, mode: 'all', body: 'mended' }, ['mended']],
  ] as const)('go back to their queue from the archive: %s', async (_, how, expected) => {
    const { queues, group, ids, sent } = await forgotten();
    const chosen = 'letters' in how ? { letters: ids.slice(0, how.letters) } : {};
    const input = 'body' in how ? { input: { body: how.body } } : {};
    await queues.say(
      { type: 'redrive', orderId: 'o', mode: how.mode, ...chosen, ...input, ...people },
      group,
    );
    await queues.deliver();
    expect(sent()).toEqual(expected);
    await queues.keep();
    await queues.keep('jobs');
    expect(sent()).toEqual(expected);
    const left = await Promise.all(ids.map((id) => queues.letter(id, group)));
    expect(left.map((each) => each?.status)).toEqual(
      ids.map((_id, i) => (i < expected.length ? 'resolved' : 'open')),
    );
  });
});
