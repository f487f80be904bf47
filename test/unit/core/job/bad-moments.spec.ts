import { jobEffects } from '../../../../lib/core/job/effects';
import type { JobEvent } from '../../../../lib/core/job/events';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import { type LetterMessage, letterIdOf } from '../../../../lib/core/messages/letter';
import { graph, JobDriver, node } from '../../../support/job-driver';

/** What the letters hear of events. */
function told({ index, state, now }: JobDriver, events: readonly JobEvent[]): LetterMessage[] {
  return events.flatMap((event) => {
    const recorded = { ...event, stream: 'job/j', seq: 99, at: now } as Recorded<JobEvent>;
    return jobEffects({ jobId: 'j', index, state, traceId: 't' }, recorded).flatMap((effect) =>
      effect.kind === 'send' && effect.to.kind === 'letter' ? [effect.message as LetterMessage] : [],
    );
  });
}

const edited = {
  type: 'retry',
  nodes: ['a'],
  reason: 'mended',
  inputs: { a: { run: 'make fast' } },
} as const;

describe('a letter that is redriven with another input while its job is being cancelled', () => {
  /** `a` has failed, `b` runs. */
  const failed = () => {
    const job = new JobDriver(graph([node('a'), node('b')])).submit().enterAll();
    job.fail('a');
    job.start('b');
    return job;
  };

  it('lies where it did, with the input that it had, and says why', () => {
    const job = failed();
    job.send({ type: 'cancel', reason: 'wrong branch' });
    const events = job.send({ ...edited, order: 'letter/g/7' });
    expect(told(job, events)).toMatchObject([
      {
        ...{ type: 'closed', letterId: letterIdOf('node', 'j', 'a'), outcome: 'refused' },
        why: 'the job is being cancelled: wrong branch',
      },
    ]);
    expect(job.node('a')).not.toHaveProperty('edited');
  });

  it('is cancelled with its job where the order comes just before, and runs so when it is redriven later', () => {
    const job = failed();
    job.send({ ...edited, order: 'letter/g/7' });
    expect(job.node('a')).toMatchObject({ phase: 'ready', edited: edited.inputs.a });
    const { attempt } = job.node('a');
    job.send({ type: 'cancel', reason: 'wrong branch' });
    // Its worker and that of the other node say that they have stopped.
    for (const nodeId of ['a', 'b'])
      job.send({
        ...{ type: 'attemptFailed', nodeId, attempt: job.node(nodeId).attempt, durationMs: 5 },
        failure: { kind: 'cancelled', message: 'wrong branch' },
      });
    expect(job.state.status).toBe('cancelled');
    expect(job.node('a')).toMatchObject({ phase: 'final', outcome: 'cancelled' });
    // The first order is known, and another one runs it.
    expect(job.send({ ...edited, order: 'letter/g/7' })).toEqual([]);
    job.send({ type: 'retry', nodes: ['a'], reason: 'after all', order: 'letter/g/9' });
    expect(job.node('a')).toMatchObject({ phase: 'ready', attempt: attempt + 1, edited: edited.inputs.a });
  });
});

describe('a job whose rollback has left something, and that is resumed', () => {
  it('does that node again, with what failed, and undoes the new one when it is asked to', () => {
    const job = new JobDriver(graph([node('a', { compensate: 'undo' }), node('b', { needs: ['a'] })]))
      .submit()
      .enterAll();
    job.succeed('a');
    job.fail('b');
    const undo = { type: 'rollback', reason: 'by hand' } as const;
    job.send(undo);
    job.send({
      ...{ type: 'attemptFailed', nodeId: 'a', attempt: 2, durationMs: 5 },
      failure: { kind: 'exit', message: 'no such file' },
      diagnosis: { class: 'configuration', confidence: 1, by: 'rule', why: 'w', signature: 's-undo' },
    });
    expect(job.node('a')).toMatchObject({ rollback: 'parked' });
    job.send({ type: 'resume', reason: 'mended' });
    job.enterAll();
    expect(job.node('a')).toMatchObject({ phase: 'ready', attempt: 3 });
    expect(job.node('a')).not.toHaveProperty('rollback');
    const done = job.succeed('a');
    const step = letterIdOf('rollback', 'j', 'a');
    expect(told(job, done)).toContainEqual(expect.objectContaining({ letterId: step, outcome: 'succeeded' }));
    job.fail('b');
    expect(job.state.status).toBe('failed');
    // An order for what was left before comes too late; what is there now is undone once.
    const late = job.send({ ...undo, nodes: ['a'], order: 'letter/g/7/rollback' });
    expect(late).toMatchObject([{ type: 'job.retryRefused' }]);
    job.send(undo);
    job.send({ type: 'attemptSucceeded', nodeId: 'a', attempt: 4, durationMs: 5, outputs: {} });
    expect(job.node('a')).toMatchObject({ rollback: 'undone' });
  });
});

describe('two people who see to one node at once', () => {
  const order = { type: 'retry', nodes: ['a'], reason: 'mended', order: 'letter/g/7' } as const;
  const skip = { type: 'overrule', nodeId: 'a', outcome: 'skipped', reason: 'known', by: 'ben' } as const;
  const failed = () => {
    const job = new JobDriver(graph([node('a'), node('b', { needs: ['a'] })])).submit().enterAll();
    job.fail('a');
    return job;
  };

  it('have it run where the redrive came first, and the other word changes nothing', () => {
    const job = failed();
    job.send(order);
    expect(job.send(skip)).toEqual([]);
    expect(job.node('a')).toMatchObject({ phase: 'ready', attempt: 2 });
  });

  it('have it count as skipped where that came first, and who redrove it hears so', () => {
    const job = failed();
    job.send(skip);
    const { attempt } = job.node('a');
    const events = job.send(order);
    expect(job.node('a')).toMatchObject({ phase: 'final', outcome: 'skipped', attempt });
    expect(told(job, events)).toMatchObject([{ type: 'closed', outcome: 'refused' }]);
  });
});
