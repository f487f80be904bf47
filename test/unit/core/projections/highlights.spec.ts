import { EMPTY_HEAD, record } from '../../../../lib/core/journal/envelope';
import { createHighlights } from '../../../../lib/core/projections/highlights';
import { graph, JobDriver, node } from '../../../support/job-driver';

const retry = { ...node('x').retry, maxAttempts: 2, initialDelayMs: 10, strategy: 'fixed' as const };

function highlights(job: JobDriver) {
  const fold = createHighlights();
  let head = EMPTY_HEAD;
  for (const { event, at } of job.events) {
    const actor = { kind: 'user', id: 'ana' } as const;
    const cause = { at, actor, causeId: 'c', correlationId: 'c', traceId: 't' };
    for (const recorded of record('job/j', head, [event], cause)) {
      head = recorded;
      fold.apply(recorded);
    }
  }
  return fold.result();
}

describe('the highlights of a job', () => {
  it('leave out what succeeded at once, and say why the others did not', () => {
    const job = new JobDriver(graph([node('a'), node('b'), node('c', { needs: ['b'] })])).submit().enterAll();
    job.succeed('a');
    job.fail('b');
    const { status, counts, nodes } = highlights(job);
    expect({ status, counts }).toEqual({
      status: 'failed',
      counts: { succeeded: 1, failed: 1, skipped: 1, cancelled: 0 },
    });
    expect(nodes).toMatchObject([
      { nodeId: 'b', outcome: 'failed', attempts: [{ attempt: 1, end: 'failed' }] },
      { nodeId: 'c', outcome: 'skipped', attempts: [] },
    ]);
  });

  it('have what was tried again and passed, with both attempts', () => {
    const job = new JobDriver(graph([node('a', { retry })])).submit().enterAll();
    const failure = { kind: 'exit', message: 'connect ECONNREFUSED 10.0.0.1:80' } as const;
    job.start('a');
    job.send({ type: 'attemptFailed', nodeId: 'a', attempt: 1, durationMs: 5, failure } as never);
    job.now += 10_000;
    job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
    job.start('a');
    job.succeed('a');
    expect(highlights(job)).toMatchObject({
      status: 'succeeded',
      nodes: [{ nodeId: 'a', outcome: 'succeeded', attempts: [{ end: 'failed' }, { end: 'succeeded' }] }],
    });
  });

  it('of a job that goes on are those of how it ends then', () => {
    const job = new JobDriver(graph([node('a'), node('b')])).submit().enterAll();
    job.succeed('a');
    job.fail('b');
    job.send(job.resumeOver(graph([node('a'), node('b', { labels: ['linux'] })])));
    expect(highlights(job)).toMatchObject({ counts: { succeeded: 1, failed: 0 }, nodes: [] });
    expect(highlights(job).status).toBeUndefined();
    job.enterAll().succeed('b');
    expect(highlights(job)).toMatchObject({ status: 'succeeded', counts: { succeeded: 2 } });
  });

  it('of a job that was cancelled say why', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    job.send({ type: 'cancel', reason: 'enough' });
    expect(highlights(job).reason).toBe('enough');
  });
});
