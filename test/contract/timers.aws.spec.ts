import { deliverTimer } from '../../lambdas/timers/deliver';
import { timerBody } from '../../lib/adapters/aws/queues/queue-messages';
import type { SendMessage } from '../../lib/adapters/aws/queues/sender';
import { createTimerSender, createTimers, MAX_DELAY_SECONDS } from '../../lib/adapters/aws/queues/timers';
import { createVirtualTime } from '../../lib/adapters/memory/virtual-time';
import { jobEffects } from '../../lib/core/job/effects';
import type { JobEvent } from '../../lib/core/job/events';
import type { Recorded } from '../../lib/core/journal/envelope';
import { graph, JobDriver, node } from '../support/job-driver';
import { type Delivered, deliveredOf, describeTimers } from './timers.contract';

/** How late a schedule strikes: EventBridge Scheduler keeps to the minute. */
const LATE_MS = 59_000;

/** A queue and a scheduler in virtual time, with the limits of SQS, feeding the function behind the queue. */
function world() {
  const time = createVirtualTime(1_000_000);
  const delivered: Delivered[] = [];
  const hops: number[] = [];
  const arrive = (body: object) => void deliver(timerBody.parse(JSON.parse(JSON.stringify(body))));
  const send: SendMessage = async ({ body, delaySeconds = 0 }) => {
    if (delaySeconds > MAX_DELAY_SECONDS) throw new Error('SQS delays by 15 minutes at most');
    hops.push(delaySeconds);
    time.setTimer(() => arrive(body), delaySeconds * 1_000);
  };
  const sendAt = async (body: object, at: number) => {
    if (at <= time.now()) throw new Error('the schedule would be of the past');
    time.setTimer(() => arrive(body), at - time.now() + LATE_MS);
  };
  const deps = { send, sendAt, clock: time.now };
  const deliver = deliverTimer({
    streams: { send: async (delivery, origin) => void delivered.push(deliveredOf(delivery, origin)) },
    putOff: createTimerSender(deps),
    clock: time.now,
  });
  return { ...time, timers: createTimers(deps), hops, delivered: () => delivered };
}

describeTimers('SQS and EventBridge Scheduler', async () => world());

describe('timers: SQS and EventBridge Scheduler', () => {
  it('go through the queue at most twice, however long they wait, as Lambda cuts a chain after 16', async () => {
    for (const minutes of [0, 15, 16, 4 * 60, 14 * 24 * 60]) {
      const { timers, hops, advance, now, delivered } = world();
      const due = { to: { kind: 'job', id: 'j' }, message: { type: 'deadlineDue' } } as const;
      await timers.schedule(due, now() + minutes * 60_000, 'job/j/1/deadline');
      await advance(minutes * 60_000);
      expect(delivered()).toHaveLength(1);
      expect(hops).toHaveLength(1);
    }
  });

  it('bring a retry that waits for longer than a message of SQS can', async () => {
    const { timers, advance, now, delivered, hops } = world();
    const retry = { strategy: 'fixed', initialDelayMs: 2 * 3_600_000, maxDelayMs: 2 * 3_600_000 } as const;
    const spec = node('a', { retry: { ...retry, maxAttempts: 2, jitter: 'none' } });
    const job = new JobDriver(graph([spec])).submit().enterAll();
    job.now = now();
    const scheduled = job.fail('a').find(({ type }) => type === 'node.retryScheduled') as JobEvent;
    const { index, state } = job;
    const event = { ...scheduled, stream: 'job/j', seq: 9, at: now() } as Recorded<JobEvent>;
    const [effect] = jobEffects({ jobId: 'j', index, state, traceId: 't' }, event);
    if (effect?.kind !== 'timer') throw new Error('a retry that waits sets a timer');
    await timers.schedule(effect, effect.dueAt, effect.id);
    await advance(2 * 3_600_000 - 1);
    expect(delivered()).toEqual([]);
    await advance(1);
    expect(delivered()).toMatchObject([{ message: { type: 'timerDue', nodeId: 'a', attempt: 2 } }]);
    // By a schedule to shortly before, and by the queue for the rest.
    expect(hops).toHaveLength(1);
  });
});
