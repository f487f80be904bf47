import * as fc from 'fast-check';
import { keepQueue } from '../../../lambdas/letter-keeper/keep';
import { deadLetters, LETTER, LetterQueues } from '../../unit/lambdas/letter-queues';

const DAY = 86_400_000;

/** What may befall a letter on its way through SQS, in any order. */
const STEPS = [
  'deliver',
  'throttle',
  'postAgain',
  'bringAgain',
  'console',
  'keep',
  'fail',
  'succeed',
  'away',
] as const;
/** And to one that waits for weeks. */
const LONG_STEPS = [...STEPS, 'days', 'days', 'days', 'keeperDies', 'order'] as const;
type Step = (typeof LONG_STEPS)[number];

/** What was done to a letter, and how often somebody asked for it to run. */
class Play {
  readonly queues = new LetterQueues();
  asked = 0;
  #seq = 1;

  async start(): Promise<void> {
    await this.queues.say({ type: 'park', letter: LETTER, seq: this.#seq });
  }

  async step(step: Step): Promise<void> {
    const { queues } = this;
    switch (step) {
      case 'deliver':
        return void (await queues.deliver());
      case 'throttle':
        return queues.throttle();
      case 'postAgain': {
        // The effect is performed twice: the same letter, posted anew.
        const [held] = queues.queue;
        if (!held || !JSON.parse(held.body).posting) return;
        const body = { ...JSON.parse(held.body), posting: `again ${this.#seq}`, postedAt: queues.now };
        return void queues.queue.push(queues.message(JSON.stringify(body)));
      }
      case 'bringAgain': {
        const [held] = queues.queue;
        if (held) queues.queue.push({ ...held });
        return;
      }
      case 'console':
        if (queues.dlq.length > 0) this.asked += 1;
        return queues.redriveAll(61_000);
      case 'keep':
        return void (await queues.keep());
      case 'fail':
        // It ran again, and failed the same way.
        if ((await queues.letter())?.status !== 'redriving') return;
        this.#seq += 10;
        return queues.say({ type: 'park', letter: LETTER, seq: this.#seq });
      case 'succeed':
        if ((await queues.letter())?.status !== 'redriving') return;
        this.#seq += 10;
        return queues.say({
          type: 'closed',
          letterId: LETTER.letterId,
          seq: this.#seq,
          outcome: 'succeeded',
        });
      case 'away': {
        queues.away = true;
        await queues.deliver();
        queues.away = false;
        return;
      }
      case 'days':
        for (let day = 0; day < 7; day++) await this.#day();
        return;
      case 'keeperDies': {
        const dlq = { ...deadLetters(queues.dlq), remove: () => Promise.reject(new Error('killed')) };
        return void (await keepQueue(queues.keeper(), { name: 'redrive', dlq, isOfLetters: true }).catch(
          () => undefined,
        ));
      }
      case 'order': {
        if ((await queues.letter())?.status === 'open') this.asked += 1;
        const orderId = `o${this.asked}`;
        return queues.say({
          type: 'redrive',
          orderId,
          mode: 'all',
          by: 'ana',
          reason: 'mended',
          force: true,
        });
      }
    }
  }

  /** SQS forgets what is fourteen days old; the keeper comes by more often than once a day. */
  async #day(): Promise<void> {
    const { queues } = this;
    queues.now += DAY;
    const kept = queues.dlq.filter(({ sentAt }) => queues.now - sentAt < 14 * DAY);
    queues.dlq.splice(0, queues.dlq.length, ...kept);
    await queues.deliver();
    await queues.keep();
  }

  /** Whether the letter that waits is still to be had from somewhere. */
  async isKept(): Promise<boolean> {
    const { queues } = this;
    const letter = await queues.letter();
    if (letter?.status !== 'open' || letter.archived?.round === letter.round) return true;
    return [...queues.queue, ...queues.dlq].some(({ body }) => JSON.parse(body).round === letter.round);
  }

  /** Nothing more befalls it. */
  async settle(): Promise<void> {
    for (let rounds = 0; rounds < 3; rounds++) {
      await this.queues.deliver();
      await this.queues.keep();
    }
  }

  get retries(): number {
    return this.queues.told.filter(({ message }) => message.type === 'retry').length;
  }
}

describe('a letter, whatever befalls it on its way through SQS,', () => {
  it('runs no oftener than it was asked for, and lies in the DLQ exactly as long as it waits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { maxLength: 25 }), async (steps) => {
        const play = new Play();
        await play.start();
        for (const step of steps) await play.step(step);
        expect(play.retries).toBeLessThanOrEqual(play.asked);
        await play.settle();
        expect(play.retries).toBeLessThanOrEqual(play.asked);
        const { queues } = play;
        const status = (await queues.letter())?.status;
        expect(queues.queue).toEqual([]);
        expect(new Set(queues.dlq.map(({ messageId }) => messageId)).size).toBe(status === 'open' ? 1 : 0);
      }),
      { numRuns: 80 },
    );
  });

  it('runs again when somebody redrives it from where it lies', async () => {
    const before = STEPS.filter((step) => step !== 'console');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...before), { maxLength: 12 }), async (steps) => {
        const play = new Play();
        await play.start();
        for (const step of steps) await play.step(step);
        await play.settle();
        expect(play.retries).toBe(0);
        play.queues.redriveAll(1);
        await play.queues.deliver();
        expect([play.retries, (await play.queues.letter())?.status]).toEqual([1, 'redriving']);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a letter that waits for longer than SQS keeps a message', () => {
  it('is never lost, runs no oftener than it was asked for, and is archived once each time it lies there', async () => {
    let [archived, redriven] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...LONG_STEPS), { minLength: 8, maxLength: 40 }),
        async (steps) => {
          const play = new Play();
          await play.start();
          for (const step of steps) {
            await play.step(step);
            expect(await play.isKept()).toBe(true);
          }
          expect(play.retries).toBeLessThanOrEqual(play.asked);
          await play.settle();
          const { queues } = play;
          const events = queues.events();
          const times = (type: string) => events.filter((each) => each === type).length;
          expect(times('letter.archived')).toBeLessThanOrEqual(1 + times('letter.reopened'));
          archived += times('letter.archived');
          if ((await queues.letter())?.status !== 'open') return;
          // Wherever it is by now, it can be redriven.
          const before = play.retries;
          await play.step('order');
          expect([play.retries, (await queues.letter())?.status]).toEqual([before + 1, 'redriving']);
          redriven += 1;
        },
      ),
      { numRuns: 200 },
    );
    expect(archived).toBeGreaterThan(40);
    expect(redriven).toBeGreaterThan(40);
  });
});
