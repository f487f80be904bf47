import { reportingOf } from '../../../../lib/core/projections/reporting';
import { graph, JobDriver, node, retrying } from '../../../support/job-driver';
import { graphOf, timelineOf } from '../../../support/timelines';

const of = (job: JobDriver) => reportingOf(timelineOf(job), graphOf(job));

/** `a` (two slots) and `b` run side by side; `c` needs both; `b` is lost once, `c` fails for good. */
function played(): JobDriver {
  const nodes = [
    node('a', { slots: 2, durationMs: 9_000 }),
    node('b', retrying(2)),
    node('c', { needs: ['a', 'b'] }),
    node('d', { needs: ['c'] }),
  ];
  const job = new JobDriver(graph(nodes));
  job.submit();
  job.now = 2_000;
  job.enterAll();
  job.now = 3_000;
  job.start('a');
  job.start('b');
  job.now = 4_000;
  job.send({ type: 'attemptLost', nodeId: 'b', attempt: 1, reason: 'gone', cause: 'workerLost' } as never);
  job.succeed('a');
  job.now = 6_000;
  job.start('b');
  job.now = 7_000;
  job.succeed('b');
  job.start('c');
  job.now = 8_000;
  job.fail('c', 'timeout');
  return job;
}

describe('what is reported of a job', () => {
  const { execution, performance, failures, capacity } = of(played());

  it('is known by the job and its latest event', () => {
    const { seq } = timelineOf(played());
    expect(execution.reportId).toBe(`j.${seq}`);
    expect([performance, failures, capacity].map((one) => one?.reportId)).toEqual(Array(3).fill(`j.${seq}`));
  });

  it('counts nodes and attempts, and has the times of the job', () => {
    expect(execution).toMatchObject({
      ...{ status: 'failed', submittedAt: 1_000, admittedAt: 1_000, endedAt: 8_000, durationMs: 7_000 },
      nodes: { succeeded: 2, failed: 1, skipped: 1, cancelled: 0 },
      attempts: { succeeded: 2, failed: 1, lost: 1 },
      // A worker that is lost makes no node flaky.
      flakyNodes: 0,
    });
  });

  it('has where the time went, and what the end waited for', () => {
    expect(performance.criticalPath).toEqual(['b', 'c']);
    expect(performance.nodes.find(({ nodeId }) => nodeId === 'a')).toMatchObject({
      ...{ waitedMs: 1_000, ranMs: 5, expectedMs: 9_000, outcome: 'succeeded' },
    });
    expect(performance.nodes.map(({ nodeId }) => nodeId).sort()).toEqual(['a', 'b', 'c']);
  });

  it('has each failure and each loss, and whether it was mended', () => {
    expect(failures?.failures).toMatchObject([
      { nodeId: 'b', kind: 'lost', cause: 'workerLost', message: 'gone', resolved: true },
      { nodeId: 'c', kind: 'timeout', resolved: false },
    ]);
  });

  it('has what the job took of its pool at most, and how long it waited for it', () => {
    expect(capacity).toMatchObject({
      ...{ from: 1_000, to: 8_000, peakAttempts: 2, peakSlots: 3 },
      waitMs: { p50: 1_000, p95: 1_850, max: 2_000 },
      workers: [{ workerId: 'w1', attempts: 4, lost: 1 }],
    });
  });

  it('has no failures where nothing failed, nor of what somebody cancelled', () => {
    const good = new JobDriver(graph([node('a')])).submit().enterAll();
    good.start('a');
    good.succeed('a');
    expect(of(good).failures).toBeUndefined();
    const stopped = new JobDriver(graph([node('a')])).submit().enterAll();
    stopped.start('a');
    stopped.send({ type: 'cancel', reason: 'enough' });
    stopped.fail('a', 'cancelled');
    expect(of(stopped)).toMatchObject({ execution: { status: 'cancelled' } });
    expect(of(stopped).failures).toBeUndefined();
  });

  it('lists so many nodes and failures, and counts the others', () => {
    const ids = Array.from({ length: 510 }, (_, i) => `n${i}`);
    const job = new JobDriver(graph(ids.map((id) => node(id)))).submit().enterAll();
    for (const id of ids) {
      job.start(id);
      job.fail(id);
    }
    const many = of(job);
    expect([many.performance.nodes.length, many.performance.nodesUnlisted]).toEqual([500, 10]);
    expect([many.failures?.failures.length, many.failures?.failuresUnlisted]).toEqual([500, 10]);
  });
});
