import { EMPTY_HEAD, record } from '../../../../lib/core/journal/envelope';
import { createExplanation } from '../../../../lib/core/projections/explanation';
import { graph, JobDriver, node } from '../../../support/job-driver';
import { diagnosisOf } from '../../../support/retry-facts';

const retry = { ...node('x').retry, maxAttempts: 3 };

function explain(job: JobDriver, nodeId = 'a') {
  const explanation = createExplanation(nodeId);
  let head = EMPTY_HEAD;
  for (const { event, at } of job.events) {
    const actor = { kind: 'user', id: 'ana' } as const;
    const [recorded] = record('job/j', head, [event], {
      at,
      actor,
      causeId: 'c',
      correlationId: 'c',
      traceId: 't',
    });
    if (!recorded) continue;
    head = recorded;
    explanation.apply(recorded);
  }
  return explanation.result();
}

function failOnce(job: JobDriver): void {
  const { attempt } = job.node('a');
  const failure = { kind: 'exit', message: 'exit 1\nand more' } as const;
  const diagnosis = diagnosisOf('infrastructure');
  job.start('a');
  job.now += 50;
  job.send({ type: 'attemptFailed', nodeId: 'a', attempt, durationMs: 50, failure, diagnosis } as never);
}

describe('the explanation of a node of a job that went over to another graph', () => {
  it('counts what asked for it, and ends as the node ended last', () => {
    const job = new JobDriver(graph([node('a'), node('b')])).submit().enterAll();
    job.fail('a');
    job.succeed('b');
    job.send(job.resumeOver(graph([node('a', { labels: ['linux'] }), node('b')])));
    expect(explain(job)).toMatchObject({ requests: [{ by: 'ana', reason: 'mended' }] });
    expect(explain(job).outcome).toBeUndefined();
    expect(explain(job, 'b')).toMatchObject({ outcome: 'succeeded', requests: [] });
    job.enterAll().succeed('a');
    expect(explain(job)).toMatchObject({ outcome: 'succeeded', attempts: [{ attempt: 1 }, { attempt: 2 }] });
  });
});

describe('the explanation of a node', () => {
  it('says of each attempt where it ran and how it ended, and of each retry when, how and why', () => {
    const job = new JobDriver(graph([node('a', { retry }), node('b')])).submit().enterAll();
    failOnce(job);
    job.now += 100;
    job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
    job.send({ type: 'attemptLost', nodeId: 'a', attempt: 2, reason: 'the worker is gone' });
    job.start('a');
    job.succeed('a');
    const { attempts, outcome } = explain(job);
    expect(attempts).toEqual([
      {
        ...{ attempt: 1, workerId: 'w1', startedAt: 1_000, endedAt: 1_050, end: 'failed', failure: 'exit 1' },
        diagnosis: diagnosisOf('infrastructure'),
        next: {
          ...{ strategy: 'elsewhere', delayMs: 100, dueAt: 1_150, avoid: ['w1'] },
          why: 'infrastructure (97 %); on another worker than w1; exponential, failure 1 of 3 attempts: 100 ms',
        },
      },
      {
        ...{ attempt: 2, end: 'lost', endedAt: 1_150, failure: 'the worker is gone' },
        recovery: {
          ...{ recoveryId: 'a/2', cause: 'workerLost', strategy: 'reassign', why: 'the worker is gone' },
          ...{ end: 'completed', durationMs: 0 },
        },
      },
      { attempt: 3, workerId: 'w1', startedAt: 1_150, endedAt: 1_150, end: 'succeeded' },
    ]);
    expect(outcome).toBe('succeeded');
  });

  it('says what was done about losses, and of several in one recovery how the last one ended', () => {
    const recovery = { lost: 'reassign', losses: 3, restartWithinMs: 1 } as const;
    const job = new JobDriver(graph([node('a', { recovery })])).submit().enterAll();
    for (const attempt of [1, 2, 3])
      job.send({
        type: 'attemptLost',
        nodeId: 'a',
        attempt,
        reason: `gone ${attempt}`,
        cause: 'leaseExpired',
      });
    expect(explain(job).attempts.map((attempt) => attempt.recovery)).toMatchObject([
      { recoveryId: 'a/1', strategy: 'reassign', why: 'gone 1' },
      { recoveryId: 'a/1', strategy: 'reassign', why: 'gone 2' },
      { recoveryId: 'a/1', strategy: 'park', end: 'failed', why: 'lost its worker 3 times, last: gone 3' },
    ]);
  });

  it('says why there is no other attempt, and who asked for one in vain and with success', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    job.fail('a');
    expect(explain(job)).toMatchObject({ outcome: 'failed', whyNotAgain: 'one attempt is all it has' });
    job.send({ type: 'retry', reason: 'please', level: 3 });
    job.send({ type: 'retry', reason: 'repaired' });
    const { outcome, requests } = explain(job);
    expect(outcome).toBeUndefined();
    expect(requests).toEqual([
      {
        ...{ at: 1_000, by: 'ana', reason: 'please', level: 3 },
        refused: 'a STANDARD job is tried again up to level 2, and this is level 3',
      },
      { at: 1_000, by: 'ana', reason: 'repaired', level: 2 },
    ]);
  });

  it('is about one node', () => {
    const job = new JobDriver(graph([node('a'), node('b')])).submit().enterAll();
    job.fail('a');
    job.send({ type: 'retry', nodes: ['a'], reason: 'r' });
    expect(explain(job, 'b')).toEqual({ attempts: [{ attempt: 1 }], requests: [], edits: [] });
  });
});
