import type { JobEvent } from '../../../../lib/core/job/events';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import { createRecovered, type Recovery } from '../../../../lib/core/projections/recovered';
import { createRetried, type Retried } from '../../../../lib/core/projections/retried';
import { graph, JobDriver, node } from '../../../support/job-driver';
import { recordedAt } from '../../../support/recorded';

const retry = { ...node('x').retry, maxAttempts: 2, initialDelayMs: 10, strategy: 'fixed' as const };
const REFUSED = 'connect ECONNREFUSED 10.0.0.1:80';

const eventsOf = (job: JobDriver) => recordedAt('job/j', job.events) as Recorded<JobEvent>[];

function retried(job: JobDriver): Retried {
  const fold = createRetried();
  for (const event of eventsOf(job)) fold.apply(event);
  return fold.result();
}

function recovered(job: JobDriver): readonly Recovery[] {
  const fold = createRecovered();
  for (const event of eventsOf(job)) fold.apply(event);
  return fold.result();
}

function fail(job: JobDriver, nodeId: string, message = REFUSED, attempt = 1): void {
  const failure = { kind: 'exit', message } as const;
  job.start(nodeId);
  job.send({ type: 'attemptFailed', nodeId, attempt, durationMs: 5, failure } as never);
}

function again(job: JobDriver, nodeId: string): void {
  job.now += 10_000;
  job.send({ type: 'timerDue', nodeId, attempt: 2 });
}

describe('what retries of a job came to', () => {
  it('is nothing where all went well at once', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    job.succeed('a');
    expect(retried(job)).toEqual({ nodes: [], classes: [] });
  });

  it('says what was made good, after which failure, and what it took', () => {
    const job = new JobDriver(graph([node('a', { retry })])).submit().enterAll();
    fail(job, 'a');
    again(job, 'a');
    job.start('a');
    job.succeed('a');
    const { nodes, classes } = retried(job);
    expect(nodes).toMatchObject([
      { nodeId: 'a', outcome: 'succeeded', attempts: 2, failed: 1, lost: 0, retries: 1, spentMs: 5 },
    ]);
    expect(nodes[0]!.waitedMs).toBe(10);
    expect([...nodes[0]!.classes]).toEqual([classes[0]!.class]);
    expect(classes).toEqual([{ class: expect.any(String), failed: 1, mended: 1 }]);
  });

  it('says what was given up, and why', () => {
    const job = new JobDriver(graph([node('a', { retry })])).submit().enterAll();
    fail(job, 'a');
    again(job, 'a');
    fail(job, 'a', REFUSED, 2);
    const { nodes, classes } = retried(job);
    expect(nodes).toMatchObject([{ outcome: 'failed', attempts: 2, failed: 2, retries: 1, spentMs: 10 }]);
    expect(nodes[0]!.whyNotAgain).toBeTruthy();
    expect(classes).toMatchObject([{ failed: 2, mended: 0 }]);
  });

  it('has no outcome of what runs again until that ends', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    fail(job, 'a');
    job.send({ type: 'retry', reason: 'repaired' });
    const [node_] = retried(job).nodes;
    expect(node_).toMatchObject({ nodeId: 'a', failed: 1 });
    expect(node_).not.toHaveProperty('outcome');
  });
});

describe('what was recovered in a job', () => {
  const recovery = { lost: 'reassign', losses: 2, restartWithinMs: 1 } as const;
  const of = { recoveryId: 'a/1', nodeId: 'a', attempt: 2, strategy: 'reassign' } as const;
  const initiated = { ...of, cause: 'workerLost', why: 'w1 is silent' } as const;
  const completed = { ...of, durationMs: 500 };
  const begun = () => new JobDriver(graph([node('a', { recovery })])).submit().enterAll();
  const lose = (job: JobDriver, attempt: number): void => {
    job.now += 1_000;
    const cause = 'leaseExpired' as const;
    job.send({ type: 'attemptLost', nodeId: 'a', attempt, reason: `gone ${attempt}`, cause });
  };

  it('is a lost attempt until another one begins', () => {
    const job = begun();
    lose(job, 1);
    const open = { recoveryId: 'a/1', nodeId: 'a', attempt: 2, cause: 'leaseExpired', strategy: 'reassign' };
    expect(recovered(job)).toMatchObject([{ ...open, times: 1, startedAt: 2_000, why: 'gone 1' }]);
    expect(recovered(job)[0]).not.toHaveProperty('end');
    job.now += 500;
    job.start('a');
    expect(recovered(job)).toMatchObject([{ ...open, end: 'completed', endedAt: 2_500 }]);
  });

  it('fails where it meets more losses than the node may have', () => {
    const job = begun();
    lose(job, 1);
    lose(job, 2);
    expect(recovered(job)).toMatchObject([{ times: 2, end: 'failed', startedAt: 2_000, endedAt: 3_000 }]);
  });

  it('took as long as the engine measured, however late that was written', () => {
    const [begin, done] = recordedAt('job/j', [
      { event: { type: 'recovery.initiated', data: initiated }, at: 2_000 },
      { event: { type: 'recovery.completed', data: completed }, at: 2_513 },
    ]) as Recorded<JobEvent>[];
    const fold = createRecovered();
    fold.apply(begin!);
    fold.apply(done!);
    expect(fold.result()).toMatchObject([{ tookMs: 500, startedAt: 2_000, endedAt: 2_513 }]);
  });

  it('ends with its node where that is cancelled meanwhile', () => {
    const job = begun();
    lose(job, 1);
    const outcome = { nodeId: 'a', outcome: 'cancelled', attempts: 1 } as const;
    job.events.push({ event: { type: 'node.completed', data: outcome }, at: job.now });
    expect(recovered(job)).toMatchObject([{ end: 'cancelled', endedAt: 2_000 }]);
    // What was ended from outside has not failed.
    expect(retried(job)).toMatchObject({ classes: [], nodes: [{ failed: 0, lost: 1, retries: 0 }] });
  });
});
