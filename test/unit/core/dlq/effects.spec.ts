import { letterIdOf } from '../../../../lib/core/messages/letter';
import { GROUP, LetterDriver, letterIdAt } from '../../../support/letter-driver';

const kinds = (driver: LetterDriver) => driver.effects().map(({ kind }) => kind);

describe('the effects of letters', () => {
  it('lay what is parked in the queue, and say so on the bus to its owner', () => {
    const driver = new LetterDriver();
    driver.park('a', 7, 5, { class: 'network' });
    expect(driver.effects()).toMatchObject([
      { kind: 'parkLetter', group: GROUP, letterId: letterIdAt('a'), round: 1 },
      {
        kind: 'publish',
        event: {
          ...{ type: 'orchestration.letter.parked', owner: 'ana', at: 5 },
          detail: { group: GROUP, class: 'network', letters: [{ nodeId: 'a', jobId: 'j' }] },
        },
      },
    ]);
  });

  it('lay nothing that does not lie parked any more', () => {
    const driver = new LetterDriver();
    driver.park('a');
    driver.closed('a', 'succeeded', 9);
    expect(driver.effects(0).map(({ kind }) => kind)).toEqual(['publish']);
    driver.park('a', 12);
    expect(driver.effects(0).map(({ kind }) => kind)).toEqual(['publish']);
    expect(driver.effects()).toContainEqual(expect.objectContaining({ kind: 'parkLetter', round: 2 }));
  });

  it('lay no poisoned message, which lies in a DLQ already, and release it when it is redriven', () => {
    const driver = new LetterDriver();
    const letterId = letterIdOf('message', 'jobs', 'm1');
    driver.park('a', 1, 0, { letterId, kind: 'message', owner: '', queue: 'jobs' });
    expect(kinds(driver)).toEqual(['publish']);
    driver.redrive('o');
    expect(driver.effectsOf('letter.redriven')).toMatchObject([
      { kind: 'releaseLetter', group: GROUP, letterId },
      { kind: 'publish' },
    ]);
  });

  it('have a job run again what its letters are about, with what a person edited, also after the order has ended', () => {
    const driver = new LetterDriver();
    driver.park('a');
    driver.park('b');
    driver.redrive('o', { input: { run: 'make' }, force: true });
    expect(driver.state.order).toBeUndefined();
    expect(driver.effectsOf('letter.redriven')).toMatchObject([
      {
        kind: 'send',
        to: { kind: 'job', id: 'j' },
        message: {
          ...{ type: 'retry', nodes: ['a', 'b'], reason: 'mended', order: `letter/${GROUP}/4`, force: true },
          inputs: { a: { run: 'make' }, b: { run: 'make' } },
        },
      },
      { kind: 'publish', event: { type: 'orchestration.letter.redriven' } },
    ]);
  });

  it('tell the public nothing of what people had in mind to run', () => {
    const driver = new LetterDriver();
    driver.park('a');
    driver.redrive('o', { input: { run: 'secret', parameters: { key: 'secret' } } });
    const [, said] = driver.effectsOf('letter.redriven');
    expect(JSON.stringify(said)).not.toContain('secret');
  });

  it('have a job that a recovery gave up go on', () => {
    const driver = new LetterDriver();
    driver.park('a', 1, 0, { kind: 'recovery', letterId: letterIdOf('recovery', 'j') });
    driver.redrive('o');
    expect(driver.effectsOf('letter.redriven')[0]).toMatchObject({
      message: { type: 'resume', reason: 'mended' },
    });
  });

  it.each([
    ['skip', 'skipped'],
    ['succeed', 'succeeded'],
  ] as const)('overrule the job of what a person resolves: %s', (how, outcome) => {
    const driver = new LetterDriver();
    driver.park('a');
    driver.send({ type: 'resolve', how, outputs: { url: 'x' }, by: 'eve', reason: 'r' });
    expect(driver.effects()).toMatchObject([
      {
        to: { kind: 'job', id: 'j' },
        message: { type: 'overrule', nodeId: 'a', outcome, outputs: { url: 'x' }, by: 'eve', reason: 'r' },
      },
      { kind: 'publish', event: { type: 'orchestration.letter.resolved' } },
    ]);
  });

  it('cancel each job once that a person aborts', () => {
    const driver = new LetterDriver();
    driver.park('a');
    driver.park('b');
    driver.send({ type: 'resolve', how: 'abort', by: 'eve', reason: 'r' });
    expect(driver.effects().map((effect) => effect.kind === 'send' && effect.message)).toEqual([
      { type: 'cancel', reason: 'r' },
      false,
    ]);
  });

  it('tell a job nothing of what it said itself', () => {
    const driver = new LetterDriver();
    driver.park('a');
    driver.closed('a', 'skipped', 9);
    expect(kinds(driver)).toEqual(['publish']);
  });
});
