import * as fc from 'fast-check';
import { LETTER, LetterQueues } from '../../unit/lambdas/letter-queues';

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
type Step = (typeof STEPS)[number];

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
      }
    }
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
