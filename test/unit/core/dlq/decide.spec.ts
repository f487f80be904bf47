import { LIMITS } from '../../../../lib/core/limits';
import { letterIdOf } from '../../../../lib/core/messages/letter';
import { LetterDriver, letterIdAt } from '../../../support/letter-driver';

const MINUTE = 60_000;

function parked(...nodes: string[]): LetterDriver {
  const driver = new LetterDriver();
  for (const node of nodes) driver.park(node);
  return driver;
}

describe('a failure that is parked', () => {
  it('is a letter with what it said, and says it once', () => {
    const driver = new LetterDriver();
    expect(driver.park('a', 7, 5, { class: 'network', confidence: 0.9 })).toEqual(['letter.parked']);
    expect(driver.park('a', 7, 6)).toEqual([]);
    expect(driver.state).toMatchObject({ owner: 'ana', class: 'network', said: 'connect ECONNREFUSED' });
    expect(driver.state.letters.get(letterIdAt('a'))).toMatchObject({
      ...{ status: 'open', round: 1, redriven: 0, parkedAt: 5, seq: 7, why: 'all 3 attempts failed' },
    });
  });

  it('is replaced by a later failure of its node, and by no earlier one', () => {
    const driver = new LetterDriver();
    driver.park('a', 7, 5);
    expect(driver.park('a', 9, 8, { attempt: 2, why: 'again' })).toEqual(['letter.renewed']);
    expect(driver.park('a', 8, 9, { attempt: 1 })).toEqual([]);
    const letter = driver.state.letters.get(letterIdAt('a'));
    expect(letter).toMatchObject({ attempt: 2, why: 'again', firstParkedAt: 5, parkedAt: 8, round: 1 });
    expect(driver.state.letters.size).toBe(1);
  });

  it('shows what the latest letters said, and keeps of the others how they stand', () => {
    const driver = new LetterDriver();
    const count = LIMITS.lettersWithEvidence + 5;
    for (let i = 0; i < count; i++) driver.park(`n${i}`);
    expect(driver.state.letters.size).toBe(count);
    expect(driver.state.evidence.size).toBe(LIMITS.lettersWithEvidence);
    expect(driver.state.evidence.has(letterIdAt('n0'))).toBe(false);
    expect(driver.state.evidence.has(letterIdAt(`n${count - 1}`))).toBe(true);
  });
});

describe('a letter whose node runs again by other means', () => {
  it.each([
    ['succeeded', 'resolved elsewhere'],
    ['skipped', 'resolved elsewhere'],
    ['failed', 'resolved elsewhere'],
    ['cancelled', 'open'],
    ['refused', 'open'],
  ] as const)('and has %s is %s', (outcome, status) => {
    const driver = parked('a');
    driver.closed('a', outcome, 9);
    expect(driver.status('a')).toBe(status);
  });

  it('hears nothing of what ended before it was parked', () => {
    const driver = new LetterDriver();
    driver.park('a', 7);
    expect(driver.closed('a', 'succeeded', 6)).toEqual([]);
    expect(driver.closed('b', 'succeeded', 9)).toEqual([]);
  });

  it('is open again where it fails once more after it was resolved', () => {
    const driver = parked('a');
    driver.closed('a', 'succeeded', 9);
    expect(driver.park('a', 12, 3)).toEqual(['letter.reopened']);
    expect(driver.status('a')).toBe('open');
    expect(driver.state.letters.get(letterIdAt('a'))).toMatchObject({ round: 2, redriven: 0 });
  });
});

describe('a redrive', () => {
  it('hands letters of one job to it at once, and ends', () => {
    const driver = new LetterDriver();
    driver.park('a');
    driver.park('b', 1, 0, { jobId: 'other' });
    driver.park('c');
    expect(driver.redrive('o')).toEqual([
      'redrive.started',
      ...['letter.redriven', 'letter.redriven', 'redrive.completed'],
    ]);
    expect(driver.redriven()).toEqual([['a', 'c'], ['b']]);
    expect(driver.state.lastOrder).toMatchObject({ orderId: 'o', sent: 3, left: 0 });
  });

  it('counts once, however often it is asked for', () => {
    const driver = parked('a');
    driver.redrive('o');
    driver.park('a', 9);
    expect(driver.status('a')).toBe('open');
    expect(driver.redrive('o')).toEqual([]);
    expect(driver.redrive('another')).toContain('letter.redriven');
  });

  it('resolves what ends well, and reopens what fails the same way or does not run', () => {
    const driver = parked('a', 'b', 'c', 'd', 'e');
    driver.redrive('o');
    driver.closed('a', 'succeeded', 9);
    driver.park('b', 9);
    driver.closed('c', 'refused', 9);
    driver.closed('d', 'failed', 9);
    expect(['a', 'b', 'c', 'd', 'e'].map((node) => driver.status(node))).toEqual([
      ...['resolved retried', 'open', 'open', 'resolved elsewhere', 'redriving'],
    ]);
  });

  it.each(['refused', 'cancelled'] as const)(
    'does not take what was %s before for an answer, when that is told again',
    (outcome) => {
      const driver = parked('a');
      expect(driver.closed('a', outcome, 9)).toEqual(['letter.heard']);
      driver.redrive('o');
      expect(driver.closed('a', outcome, 9)).toEqual([]);
      expect(driver.status('a')).toBe('redriving');
      driver.closed('a', outcome, 12);
      expect(driver.status('a')).toBe('open');
    },
  );

  it('of letters that are named leaves the others, and of one that is not there does nothing', () => {
    const driver = parked('a', 'b');
    expect(driver.redrive('o', { letters: [letterIdAt('b'), letterIdAt('x')] })).toEqual([]);
    driver.redrive('p', { letters: [letterIdAt('b')] });
    expect([driver.status('a'), driver.status('b')]).toEqual(['open', 'redriving']);
  });

  it('waits for another to end, unless it takes its place by force', () => {
    const driver = parked('a', 'b');
    driver.redrive('o', { mode: 'canary' });
    expect(driver.redrive('p')).toEqual([]);
    expect(driver.redrive('q', { force: true })).toEqual([
      ...['redrive.stopped', 'redrive.started', 'letter.redriven', 'redrive.completed'],
    ]);
    expect(driver.redriven()).toEqual([['a'], ['b']]);
  });

  it('that is stopped leaves parked what has not gone, and what is on its way ends as it does', () => {
    const driver = parked('a', 'b', 'c');
    driver.redrive('o', { perMinute: 1 });
    const stop = { type: 'stopRedrive', by: 'eve', reason: 'the proxy is down again' } as const;
    expect(driver.send({ ...stop, orderId: 'another' })).toEqual([]);
    expect(driver.send(stop)).toEqual(['redrive.stopped']);
    expect(driver.state.lastOrder).toMatchObject({
      ...{ orderId: 'o', sent: 1, left: 2, why: 'eve stopped it: the proxy is down again' },
    });
    expect(['a', 'b', 'c'].map((node) => driver.status(node))).toEqual(['redriving', 'open', 'open']);
    expect(driver.send(stop)).toEqual([]);
    expect(driver.send({ type: 'due', orderId: 'o', until: MINUTE }, MINUTE)).toEqual([]);
    driver.closed('a', 'succeeded', 9);
    expect(driver.status('a')).toBe('resolved retried');
    expect(driver.redrive('p')).toContain('redrive.started');
  });

  it('leaves a letter that came back three times, until it is forced', () => {
    const driver = parked('a', 'b');
    for (let i = 1; i <= 3; i++) {
      driver.redrive(`o${i}`, { letters: [letterIdAt('a')] });
      driver.park('a', i * 10);
    }
    expect(driver.redrive('o4', { letters: [letterIdAt('a')] })).toEqual([]);
    driver.redrive('o5');
    expect(driver.redriven().at(-1)).toEqual(['b']);
    expect(driver.redrive('o6', { letters: [letterIdAt('a')], force: true })).toContain('letter.redriven');
  });

  it('does not count the redrives of before it ended well', () => {
    const driver = parked('a');
    for (let i = 1; i <= 4; i++) {
      driver.redrive(`o${i}`);
      driver.closed('a', 'succeeded', i * 10);
      driver.park('a', i * 10 + 5);
    }
    expect(driver.redriven()).toHaveLength(4);
  });

  it('of poisoned messages resolves them: should one be poisoned again, it comes again', () => {
    const driver = new LetterDriver();
    const letterId = letterIdOf('message', 'jobs', 'm1');
    const message = { letterId, kind: 'message', owner: '', queue: 'jobs' } as const;
    driver.park('a', 1, 0, message);
    expect(driver.redrive('o', { mode: 'canary' })).toEqual([
      ...['redrive.started', 'letter.redriven', 'letter.resolved', 'redrive.completed'],
    ]);
    expect(driver.park('a', 2, 0, message)).toEqual(['letter.reopened']);
    expect(driver.state.letters.get(letterId)?.redriven).toBe(0);
  });
});

describe('a canary', () => {
  it('goes first, and the others when it has ended well', () => {
    const driver = parked('a', 'b', 'c');
    driver.redrive('o', { mode: 'canary' });
    expect(driver.redriven()).toEqual([['a']]);
    driver.park('d');
    expect(driver.redriven()).toEqual([['a']]);
    expect(driver.closed('a', 'succeeded', 9)).toEqual([
      ...['letter.resolved', 'letter.redriven', 'redrive.completed'],
    ]);
    expect(driver.redriven()).toEqual([['a'], ['b', 'c']]);
  });

  it.each([
    ['fails again', (d: LetterDriver) => d.park('a', 9), /its canary a of job j failed again/],
    ['fails in another way', (d: LetterDriver) => d.closed('a', 'failed', 9), /failed in another way/],
    ['is not run', (d: LetterDriver) => d.closed('a', 'refused', 9), /did not run: its job did not run it/],
    ['is cancelled', (d: LetterDriver) => d.closed('a', 'cancelled', 9), /did not run: it was cancelled/],
    [
      'is resolved by hand',
      (d: LetterDriver) =>
        d.send({ type: 'resolve', letters: [letterIdAt('a')], how: 'abort', by: 'eve', reason: 'r' }),
      /eve resolved its canary/,
    ],
  ] as const)('that %s stops the rest, and says why', (_, happens, why) => {
    const driver = parked('a', 'b', 'c');
    driver.redrive('o', { mode: 'canary' });
    expect(happens(driver)).toContain('redrive.stopped');
    expect(driver.state.lastOrder).toMatchObject({ left: 2, sent: 1 });
    expect(driver.state.lastOrder?.why).toMatch(why);
    expect([driver.status('b'), driver.status('c')]).toEqual(['open', 'open']);
    expect(driver.redriven()).toEqual([['a']]);
  });
});

describe('a rate cap', () => {
  const nodes = ['a', 'b', 'c', 'd', 'e'];

  it('puts the rest off until a minute has passed', () => {
    const driver = parked(...nodes);
    expect(driver.redrive('o', { perMinute: 2 }, 100)).toEqual([
      ...['redrive.started', 'letter.redriven', 'redrive.paused'],
    ]);
    const until = 100 + MINUTE;
    const due = { type: 'due', orderId: 'o', until } as const;
    expect(driver.effects()).toMatchObject([{ kind: 'timer', dueAt: until, message: due }]);
    // Late, early, of another order: nothing.
    expect(driver.send({ ...due, until: until - 1 }, until - 1)).toEqual([]);
    expect(driver.send({ ...due, orderId: 'p' }, until - 1)).toEqual([]);
    // The clock of whoever tells may be behind.
    driver.send(due, until - 5);
    expect(driver.send(due, until - 4)).toEqual([]);
    expect(driver.redriven()).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    driver.send({ ...due, until: until + MINUTE }, until + MINUTE);
    expect(driver.redriven().at(-1)).toEqual(['e']);
    expect(driver.state.order).toBeUndefined();
  });

  it('counts the canary', () => {
    const driver = parked(...nodes);
    driver.redrive('o', { perMinute: 2, mode: 'canary' }, 0);
    driver.closed('a', 'succeeded', 9, 10);
    expect(driver.redriven()).toEqual([['a'], ['b']]);
    expect(driver.state.order?.until).toBe(MINUTE);
  });

  it('leaves out what was resolved meanwhile', () => {
    const driver = parked('a', 'b', 'c');
    driver.redrive('o', { perMinute: 1 });
    driver.closed('b', 'succeeded', 9);
    driver.send({ type: 'due', orderId: 'o', until: MINUTE }, MINUTE);
    expect(driver.redriven()).toEqual([['a'], ['c']]);
  });
});

describe('a resolution', () => {
  const resolve = (how: 'skip' | 'succeed' | 'abort', letters?: string[]) =>
    ({ type: 'resolve', how, by: 'ana', reason: 'r', ...(letters ? { letters } : {}) }) as const;

  it.each([
    ['skip', 'resolved skipped'],
    ['succeed', 'resolved succeeded'],
    ['abort', 'resolved aborted'],
  ] as const)('to %s leaves the letter %s', (how, status) => {
    const driver = parked('a', 'b');
    driver.send(resolve(how, [letterIdAt('a')]));
    expect([driver.status('a'), driver.status('b')]).toEqual([status, 'open']);
    expect(driver.send(resolve(how, [letterIdAt('a')]))).toEqual([]);
  });

  it('of what is being redriven can only abort it', () => {
    const driver = parked('a');
    driver.redrive('o');
    expect(driver.send(resolve('skip', [letterIdAt('a')]))).toEqual([]);
    driver.send(resolve('abort', [letterIdAt('a')]));
    expect(driver.status('a')).toBe('resolved aborted');
  });

  it('of the latest thousand is kept, of the others the journal knows', () => {
    const driver = new LetterDriver();
    for (let i = 0; i < LIMITS.resolvedLetters + 3; i++) driver.park(`n${i}`);
    driver.send(resolve('abort'));
    driver.send(resolve('abort'));
    expect(driver.state.letters.size).toBe(LIMITS.resolvedLetters);
    expect(driver.state.letters.has(letterIdAt('n0'))).toBe(false);
  });
});

describe('people', () => {
  it('are assigned letters, and keep them over a redrive that comes back', () => {
    const driver = parked('a', 'b');
    const assign = { type: 'assign', to: 'eve', by: 'ana' } as const;
    expect(driver.send(assign)).toEqual(['letter.assigned']);
    expect(driver.send(assign)).toEqual([]);
    driver.redrive('o', { letters: [letterIdAt('a')] });
    driver.park('a', 9);
    expect(driver.status('a')).toBe('assigned');
    expect(driver.state.letters.get(letterIdAt('a'))?.assignee).toBe('eve');
  });

  it('note what they find, of a letter that is there', () => {
    const driver = parked('a');
    driver.send({ type: 'note', text: 'the proxy', by: 'eve' }, 5);
    expect(driver.send({ type: 'note', text: 'x', by: 'eve', letterId: 'nowhere' })).toEqual([]);
    expect(driver.state.notes).toEqual([{ text: 'the proxy', by: 'eve', at: 5 }]);
    for (let i = 0; i < LIMITS.letterNotes; i++) driver.send({ type: 'note', text: `${i}`, by: 'eve' });
    expect(driver.state.notes).toHaveLength(LIMITS.letterNotes);
    expect(driver.state.notes[0]?.text).toBe('0');
  });
});

describe('a letter in a DLQ of SQS', () => {
  const laid = { type: 'laid', letterId: letterIdAt('a'), round: 1, messageId: 'm1' } as const;
  const returned = { ...laid, type: 'returned' } as const;

  it('is known by its message', () => {
    const driver = parked('a');
    expect(driver.send(laid)).toEqual(['letter.laid']);
    expect(driver.send(laid)).toEqual([]);
    expect(driver.send({ ...laid, round: 2 })).toEqual([]);
    const archived = { type: 'archived', letterId: letterIdAt('a'), round: 1, place: 's3://b/k' } as const;
    expect(driver.send(archived)).toEqual(['letter.archived']);
    expect(driver.send(archived)).toEqual([]);
  });

  it('is redriven when it comes back from there, once', () => {
    const driver = parked('a', 'b');
    driver.send(laid);
    expect(driver.send(returned)).toEqual(['letter.returned', 'letter.redriven', 'redrive.completed']);
    expect(driver.send(returned)).toEqual([]);
    expect(driver.redriven()).toEqual([['a']]);
  });

  it('of an earlier time does nothing', () => {
    const driver = parked('a');
    driver.redrive('o');
    driver.park('a', 9);
    expect(driver.send(returned)).toEqual([]);
    expect(driver.send({ ...returned, round: 2 })).toContain('letter.redriven');
  });

  it('joins the order that is under way, behind its canary', () => {
    const driver = parked('a', 'b');
    driver.redrive('o', { letters: [letterIdAt('b')], mode: 'canary' });
    expect(driver.send(returned)).toEqual(['letter.returned']);
    expect(driver.redriven()).toEqual([['b']]);
    driver.closed('b', 'succeeded', 9);
    expect(driver.redriven()).toEqual([['b'], ['a']]);
  });

  it.each([
    ['the canary of the order that it has joined fails', (driver: LetterDriver) => driver.park('b', 9)],
    [
      'somebody stops that order',
      (driver: LetterDriver) => driver.send({ type: 'stopRedrive', by: 'eve', reason: 'not now' }),
    ],
  ])('goes back there when %s', (_, happens) => {
    const driver = parked('a', 'b', 'c');
    driver.send(laid);
    const meant = [letterIdAt('b'), letterIdAt('c')];
    driver.redrive('o', { letters: meant, mode: 'canary' });
    driver.send(returned);
    happens(driver);
    expect(driver.redriven()).toEqual([['b']]);
    // That which waited beside it lies where it did.
    expect(driver.state.letters.get(letterIdAt('c'))).toMatchObject({ status: 'open', round: 1 });
    const letter = driver.state.letters.get(letterIdAt('a'));
    expect(letter).toMatchObject({ status: 'open', round: 2, redriven: 0 });
    expect(letter).not.toHaveProperty('returned');
    expect(driver.effects()).toContainEqual(
      expect.objectContaining({ kind: 'parkLetter', letterId: letterIdAt('a'), round: 2 }),
    );
    expect(driver.send({ ...returned, round: 2 })).toEqual([
      'letter.returned',
      'letter.redriven',
      'redrive.completed',
    ]);
  });

  it('goes on with the order that takes the place of the one it has joined', () => {
    const driver = parked('a', 'b');
    driver.send(laid);
    driver.redrive('o', { letters: [letterIdAt('b')], mode: 'canary' });
    driver.send(returned);
    driver.redrive('p', { force: true });
    expect(driver.redriven()).toEqual([['b'], ['a']]);
    expect(driver.state.letters.get(letterIdAt('a'))).toMatchObject({ status: 'redriving', round: 2 });
  });

  it('goes back there when it may not be redriven any more', () => {
    const driver = parked('a');
    for (let i = 1; i <= 3; i++) {
      driver.redrive(`o${i}`);
      driver.park('a', i * 10);
    }
    expect(driver.send({ ...returned, round: 4 })).toEqual(['letter.reopened']);
    expect(driver.effects()).toContainEqual(expect.objectContaining({ kind: 'parkLetter', round: 5 }));
    expect(driver.send({ ...returned, round: 4 })).toEqual([]);
  });
});
