import { jobEffects } from '../../../../lib/core/job/effects';
import type { JobEvent } from '../../../../lib/core/job/events';
import { freezeJob, thawJob } from '../../../../lib/core/job/snapshot';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import { type LetterMessage, letterIdOf } from '../../../../lib/core/messages/letter';
import { graph, JobDriver, node } from '../../../support/job-driver';

/** What the letters hear of events. */
function told({ index, state }: JobDriver, events: readonly JobEvent[]): LetterMessage[] {
  return events.flatMap((event) => {
    const recorded = { ...event, stream: 'job/j', seq: 99, at: 1 } as Recorded<JobEvent>;
    return jobEffects({ jobId: 'j', index, state, traceId: 't' }, recorded).flatMap((effect) =>
      effect.kind === 'send' && effect.to.kind === 'letter' ? [effect.message as LetterMessage] : [],
    );
  });
}

const letterOf = (nodeId: string, kind: 'node' | 'rollback' = 'node') => letterIdOf(kind, 'j', nodeId);
const redrive = (...nodes: string[]) =>
  ({ type: 'retry', nodes, reason: 'mended', order: 'letter/g/7' }) as const;

const refused = (nodeId: string) =>
  expect.objectContaining({
    ...{ type: 'closed', outcome: 'refused', letterId: letterOf(nodeId) },
    why: expect.stringMatching(`no node ${nodeId}`),
  });

describe('a letter whose node its job has no more', () => {
  /** Two nodes that failed, of which the next graph has one. */
  function replanned() {
    const job = new JobDriver(graph([node('a'), node('b'), node('c')])).submit().enterAll();
    for (const id of ['a', 'b']) job.fail(id);
    job.succeed('c');
    job.send(job.resumeOver(graph([node('b', { labels: ['gpu'] }), node('c')])));
    job.enterAll();
    job.fail('b');
    return job;
  }

  it('hears why it does not run, and is not on its way for ever', () => {
    const job = replanned();
    const events = job.send(redrive('a'));
    expect(events).toMatchObject([{ type: 'job.retryRefused', data: { nodes: ['a'] } }]);
    expect(told(job, events)).toEqual([refused('a')]);
    expect(job.send(redrive('a'))).toEqual([]);
  });

  it('does not hold back those that were redriven with it', () => {
    const job = replanned();
    const events = job.send(redrive('a', 'b'));
    expect(job.node('b')).toMatchObject({ phase: 'ready' });
    expect(told(job, events)).toEqual([refused('a')]);
    // What a crash left of the append is decided again, and no more than that.
    expect(job.send(redrive('a', 'b'))).toEqual([]);
  });

  it('hears it of an item that its fan-out has no more, and where its condition failed it before any attempt', () => {
    let items = ['x', 'y'];
    const of = graph([node('each', { forEach: 'x' }), node('odd', { when: 'x' })]);
    const job = new JobDriver(of, (id) => (id === 'odd' ? { error: 'no such output' } : { items }))
      .submit()
      .enterAll();
    job.succeed('each-1');
    job.fail('each-2');
    items = ['x'];
    job.send({ type: 'resume', reason: 'less', from: ['each'] });
    job.enterAll();
    job.succeed('each-1');
    expect(told(job, job.send(redrive('each-2')))).toEqual([refused('each-2')]);
    job.send(job.resumeOver(graph([node('each', { forEach: 'x' })])));
    job.enterAll();
    expect(told(job, job.send({ ...redrive('odd'), order: 'letter/g/8' }))).toMatchObject([
      { letterId: letterOf('odd'), outcome: 'refused', why: 'the job has succeeded' },
    ]);
    expect(thawJob(freezeJob(job.state))).toEqual(job.state);
  });

  it('hears it of what could not be undone as well', () => {
    const of = graph([node('a', { compensate: 'undo' }), node('b')], { onFailure: 'continue' });
    const job = new JobDriver(of).submit().enterAll();
    job.succeed('a');
    job.fail('b');
    job.send({ type: 'rollback', reason: 'by hand' });
    job.send({
      ...{ type: 'attemptFailed', nodeId: 'a', attempt: 2, durationMs: 5 },
      ...{ failure: { kind: 'exit', message: 'no' } },
      diagnosis: { class: 'configuration', confidence: 1, by: 'rule', why: 'w', signature: 's-undo' },
    });
    expect(job.state.status).toBe('failed');
    job.send(job.resumeOver(graph([node('b', { labels: ['gpu'] })])));
    job.enterAll();
    job.succeed('b');
    const order = 'letter/g/7/rollback';
    const events = job.send({ type: 'rollback', reason: 'mended', nodes: ['a'], order });
    expect(told(job, events)).toEqual([
      expect.objectContaining({ letterId: letterOf('a', 'rollback'), outcome: 'refused' }),
    ]);
  });
});
