import { createTimeline } from '../../../../lib/core/projections/timeline';
import { graph, JobDriver, node, retrying } from '../../../support/job-driver';
import { timelineOf } from '../../../support/timelines';

describe('the timeline of a job', () => {
  it('is none before the job is submitted', () => {
    expect(createTimeline().result()).toBeUndefined();
  });

  it('has when the job and its nodes waited, ran and ended, and where', () => {
    const job = new JobDriver(graph([node('a')]));
    job.submit();
    job.now = 2_000;
    job.enterAll();
    job.now = 3_000;
    job.start('a');
    job.now = 4_000;
    job.succeed('a');
    const timeline = timelineOf(job, 'abc');
    expect(timeline).toMatchObject({
      ...{ jobId: 'j', traceId: 'abc', name: 'test', owner: 'ana', pool: 'default', priority: 'normal' },
      ...{ submittedAt: 1_000, admittedAt: 1_000, endedAt: 4_000, status: 'succeeded' },
    });
    expect(timeline.nodes.get('a')).toEqual({
      ...{ nodeId: 'a', since: 1, outcome: 'succeeded', endedAt: 4_000, endedSeq: expect.any(Number) },
      attempts: [
        {
          ...{ attempt: 1, readyAt: 2_000, startedAt: 3_000, endedAt: 4_000, durationMs: 5 },
          ...{ workerId: 'w1', end: 'succeeded' },
        },
      ],
    });
  });

  it('has each attempt, with why it failed or was lost', () => {
    const job = new JobDriver(graph([node('a', retrying(2))])).submit().enterAll();
    job.start('a');
    job.send({ type: 'attemptLost', nodeId: 'a', attempt: 1, reason: 'gone', cause: 'workerLost' } as never);
    job.start('a');
    job.fail('a', 'timeout');
    job.now += 60_000;
    job.send({ type: 'timerDue', nodeId: 'a', attempt: 3 });
    job.start('a');
    job.succeed('a');
    expect(timelineOf(job).nodes.get('a')?.attempts).toMatchObject([
      { attempt: 1, end: 'lost', loss: { reason: 'gone', cause: 'workerLost' } },
      { attempt: 2, end: 'failed', failure: { kind: 'timeout' } },
      { attempt: 3, end: 'succeeded' },
    ]);
  });

  it('forgets how nodes that run again ended, and counts their attempts from there', () => {
    const job = new JobDriver(graph([node('a'), node('b')])).submit().enterAll();
    job.succeed('a');
    job.fail('b');
    expect(timelineOf(job)).toMatchObject({ status: 'failed' });
    job.send(job.resumeOver(graph([node('a'), node('b', { labels: ['linux'] })])));
    const again = timelineOf(job);
    expect(again.status).toBeUndefined();
    expect(again.nodes.get('a')).toMatchObject({ outcome: 'succeeded', since: 1 });
    expect(again.nodes.get('b')).toMatchObject({ since: 2, attempts: [{ end: 'failed' }] });
    expect(again.nodes.get('b')?.outcome).toBeUndefined();
    job.enterAll();
    expect(
      timelineOf(job)
        .nodes.get('b')
        ?.attempts.map(({ attempt }) => attempt),
    ).toEqual([1, 2]);
  });

  it('has items of fan-outs with the node that they are of', () => {
    const items = { holds: true, items: ['x', 'y'] } as never;
    const job = new JobDriver(graph([node('all', { forEach: '["x", "y"]' })]), () => items);
    job.submit().enterAll();
    const { nodes } = timelineOf(job);
    expect(nodes.get('all')?.items).toBe(2);
    expect(nodes.get('all-2')).toMatchObject({ itemOf: 'all' });
  });

  it('says that a job ran out of its time', () => {
    const job = new JobDriver(graph([node('a')])).submit({ deadlineAt: 5_000 }).enterAll();
    job.now = 6_000;
    job.send({ type: 'deadlineDue' } as never);
    expect(timelineOf(job)).toMatchObject({ reason: expect.any(String), deadlinePassed: true });
  });
});
