import { jobEffects } from '../../../../lib/core/job/effects';
import type { JobEvent } from '../../../../lib/core/job/events';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import { graph, JobDriver, node } from '../../../support/job-driver';
import { diagnosisOf } from '../../../support/retry-facts';

const retry = { ...node('x').retry, maxAttempts: 4, maxTimeMs: 1_000_000 };
const failure = { kind: 'exit', message: 'the browser closed\nstack', exitCode: 1 } as const;

function jobOf(rest: Parameters<typeof node>[1] = {}): JobDriver {
  return new JobDriver(graph([node('a', { retry, ...rest })])).submit().enterAll();
}

function failAs(
  job: JobDriver,
  failureClass: Parameters<typeof diagnosisOf>[0],
  workerId = 'w1',
): JobEvent[] {
  const { attempt } = job.node('a');
  const diagnosis = diagnosisOf(failureClass);
  return job.send({
    type: 'attemptFailed',
    nodeId: 'a',
    attempt,
    durationMs: 5,
    failure,
    workerId,
    diagnosis,
  } as never);
}

/** The work that the pool is offered for the latest `node.ready`. */
function offered(job: JobDriver) {
  const { index, state } = job;
  const ready = job.events
    .map(({ event }) => event)
    .findLast(({ type }) => type === 'node.ready') as JobEvent;
  const event = { ...ready, stream: 'job/j1', seq: 1 } as Recorded<JobEvent>;
  const [effect] = jobEffects({ jobId: 'j1', index, state, traceId: 't' }, event);
  return effect?.kind === 'send' && effect.message.type === 'workOffered' ? effect.message.work : undefined;
}

describe('a failed attempt', () => {
  it('is journalled with its class, and its retry with what was decided and why', () => {
    const events = failAs(jobOf(), 'infrastructure');
    expect(events).toMatchObject([
      { type: 'attempt.started' },
      { type: 'attempt.failed', data: { failure, diagnosis: { class: 'infrastructure', confidence: 0.97 } } },
      {
        type: 'node.retryScheduled',
        data: { attempt: 2, strategy: 'elsewhere', avoid: ['w1'], delayMs: 100 },
      },
    ]);
    expect(events.at(-1)?.data).toMatchObject({ why: expect.stringContaining('infrastructure (97 %)') });
  });

  it('that is not tried again fails its node, which says why', () => {
    expect(failAs(jobOf(), 'assertion')).toContainEqual({
      type: 'node.completed',
      data: {
        ...{ nodeId: 'a', outcome: 'failed', attempts: 1, reason: failure.message },
        why: 'assertion (97 %); a retry does not mend an assertion that does not hold',
        evidence: { class: 'assertion', confidence: 0.97, signature: '0123456789abcdef' },
      },
    });
  });
});

describe('the next attempt', () => {
  it('is offered with the workers that it avoids, however many were lost before it began', () => {
    const job = jobOf();
    expect(offered(job)).not.toHaveProperty('avoid');
    failAs(job, 'infrastructure');
    job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
    expect(offered(job)).toMatchObject({ attempt: 2, avoid: ['w1'] });
    job.send({ type: 'attemptLost', nodeId: 'a', attempt: 2, reason: 'gone' });
    expect(offered(job)).toMatchObject({ attempt: 3, avoid: ['w1'] });
  });

  it('is offered with more of what it ran out of', () => {
    const bigger = { factor: 2, most: { slots: 4, memory: 6_000 } };
    const job = jobOf({ retry: { ...retry, bigger }, slots: 1, resources: { memory: 2_000, licences: 1 } });
    failAs(job, 'resource');
    job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
    expect(offered(job)).toMatchObject({ slots: 2, resources: { memory: 4_000, licences: 1 } });
  });

  it('is none beyond the budget in time, which a resumed job has anew', () => {
    const job = jobOf();
    failAs(job, 'network');
    job.now += retry.maxTimeMs;
    job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
    expect(failAs(job, 'network').at(-1)?.type).toBe('job.completed');
    job.send({ type: 'retry', reason: 'r' });
    expect(failAs(job, 'network').at(-1)?.type).toBe('node.retryScheduled');
  });

  it('is not decided by what an earlier life of the node was given', () => {
    const job = jobOf();
    failAs(job, 'infrastructure');
    job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
    failAs(job, 'assertion', 'w2');
    job.send({ type: 'retry', reason: 'r' });
    expect(offered(job)).not.toHaveProperty('avoid');
  });
});
