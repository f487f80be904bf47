import { outlookOf } from '../../../../lib/core/projections/outlook';
import { graph, JobDriver, node } from '../../../support/job-driver';

const MINUTE = 60_000;
const timed = (id: string, minutes: number, needs: string[] = []) =>
  node(id, { needs, durationMs: minutes * MINUTE });
const chainAndMore = () =>
  new JobDriver(graph([timed('a', 2), timed('b', 3, ['a']), timed('c', 1), timed('d', 1), timed('e', 1)]))
    .submit()
    .enterAll();
const outlook = (job: JobDriver, slots: number) => outlookOf(job.index, job.state, { now: job.now, slots });
const minutesLeft = (job: JobDriver, slots: number) =>
  ((outlook(job, slots).estimatedCompletionAt ?? job.now) - job.now) / MINUTE;

describe('the outlook of a job', () => {
  it('is its longest remaining path where there is room, and its remaining work where there is not', () => {
    const job = chainAndMore();
    expect(minutesLeft(job, 10)).toBe(5);
    expect(minutesLeft(job, 1)).toBe(8);
  });

  it('moves on with the time and the outcomes', () => {
    const job = chainAndMore();
    job.start('a');
    job.now += MINUTE;
    expect(minutesLeft(job, 10)).toBe(4);
    expect(outlook(job, 10)).toMatchObject({ currentNodes: ['a'], progressPercentage: 12.5 });
    job.succeed('a');
    expect(minutesLeft(job, 10)).toBe(3);
    expect(outlook(job, 10).progressPercentage).toBe(25);
  });

  it('believes what a node reports of its progress', () => {
    const job = chainAndMore();
    job.start('a');
    job.send({ type: 'attemptProgressed', nodeId: 'a', attempt: 1, percentage: 50 });
    expect(minutesLeft(job, 10)).toBe(4);
  });

  it('expects a node that is overdue to end now', () => {
    const job = chainAndMore();
    job.start('a');
    job.now += 10 * MINUTE;
    expect(minutesLeft(job, 10)).toBe(3);
  });

  it('counts the items of a fan-out, each with the duration of its node', () => {
    const job = new JobDriver(graph([node('f', { forEach: 'x', durationMs: MINUTE })]), () => ({
      items: [1, 2, 3, 4],
    }))
      .submit()
      .enterAll();
    expect(minutesLeft(job, 2)).toBe(2);
    job.succeed('f-1');
    job.succeed('f-2');
    expect(outlook(job, 2).progressPercentage).toBe(50);
  });

  it('of a job that is over has no end to come', () => {
    const job = new JobDriver(graph([timed('a', 1)])).submit().enterAll();
    job.succeed('a');
    expect(outlook(job, 1)).toEqual({ progressPercentage: 100, currentNodes: [] });
  });

  it('of a job that is undone has no end to come, and names what is being undone', () => {
    const nodes = [{ ...timed('a', 1), compensate: 'undo a' }, timed('b', 1, ['a'])];
    const job = new JobDriver(graph(nodes, { onFailure: 'rollback' })).submit().enterAll();
    job.succeed('a');
    job.fail('b');
    expect(outlook(job, 1)).toEqual({ progressPercentage: 100, currentNodes: [] });
    job.send({ type: 'attemptStarted', nodeId: 'a', attempt: 2, workerId: 'w' });
    expect(outlook(job, 1).currentNodes).toEqual(['a']);
  });
});
