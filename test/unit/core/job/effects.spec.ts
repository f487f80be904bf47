import { jobEffects } from '../../../../lib/core/job/effects';
import type { JobEvent } from '../../../../lib/core/job/events';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import { graph, JobDriver, node } from '../../../support/job-driver';

const SUBMISSION = {
  ...{
    type: 'submit' as const,
    graphHash: 'hash',
    owner: 'ann',
    priority: 'normal' as const,
    pool: 'default',
  },
  parameters: { customer: 'of a customer' },
};

/** The effects of the one event of this type. */
function effectsOf(driver: JobDriver, type: JobEvent['type']) {
  const { index, state, events } = driver;
  const seq = events.findIndex(({ event }) => event.type === type) + 1;
  const { event, at } = events[seq - 1]!;
  const recorded = { ...event, stream: 'job/j', seq, at } as Recorded<JobEvent>;
  return jobEffects({ jobId: 'j', index, state, traceId: 'trace' }, recorded);
}

/** The effects of the latest event of a type, from where the job stands now. */
function latestEffects({ index, state, events }: JobDriver, type: JobEvent['type']) {
  const seq = events.findLastIndex(({ event }) => event.type === type) + 1;
  const { event, at } = events[seq - 1]!;
  const recorded = { ...event, stream: 'job/j', seq, at } as Recorded<JobEvent>;
  return jobEffects({ jobId: 'j', index, state, traceId: 'trace' }, recorded);
}

const entered = (nodeId: string, token: string) => ({ type: 'nodeEntered', nodeId, token }) as const;

describe('the workflow of a job', () => {
  function ended() {
    const job = new JobDriver(graph([node('a'), node('b')])).submit();
    job.send(entered('a', 'a1'));
    job.send(entered('b', 'b1'));
    job.succeed('a');
    job.fail('b');
    return job;
  }

  it('is begun once for each run, over the graph that the job follows then', () => {
    const job = ended();
    expect(latestEffects(job, 'job.admitted')[0]).toMatchObject({
      kind: 'startWorkflow',
      graphHash: 'hash',
      run: 1,
      trace: { traceId: expect.any(String) },
    });
    const message = job.resumeOver(graph([node('a'), node('c')]));
    job.send(message);
    expect(latestEffects(job, 'job.replanned')).toMatchObject([
      { id: 'job/j/12/workflow', kind: 'startWorkflow', graphHash: message.graphHash, run: 2 },
      { id: 'job/j/12/queue', kind: 'send', message: { type: 'jobQueued', jobId: 'j', version: 12 } },
    ]);
    // Its first run is of no use to anybody any more, should it not have begun yet.
    expect(latestEffects(job, 'job.admitted').map(({ kind }) => kind)).toEqual(['publish']);
    job.send(entered('c', 'c1'));
    job.succeed('c');
    expect(latestEffects(job, 'job.replanned')).toEqual([]);
  });

  it('is answered as it enters a node that is final', () => {
    const job = ended();
    job.send({ type: 'resume', reason: 'again' });
    job.send(entered('a', 'a2'));
    const answer = { nodeId: 'a', outcome: 'succeeded' };
    expect(latestEffects(job, 'node.entered')).toMatchObject([
      { kind: 'answerNode', answer: { ...answer, token: 'a2' } },
      { kind: 'answerNode', answer: { ...answer, token: 'a1' } },
    ]);
  });

  it('that waits for a node hears of it also where that runs again before it was answered', () => {
    const job = ended();
    job.send({ type: 'retry', reason: 'mended' });
    // Nothing to say while it runs.
    expect(latestEffects(job, 'node.completed')).not.toContainEqual(
      expect.objectContaining({ kind: 'answerNode' }),
    );
    job.succeed('b');
    expect(latestEffects(job, 'node.completed')).toContainEqual(
      expect.objectContaining({
        kind: 'answerNode',
        answer: { nodeId: 'b', outcome: 'succeeded', token: 'b1' },
      }),
    );
  });

  it('that is another execution of the same takes the place of the first, which goes on', () => {
    const job = ended();
    job.send({ type: 'resume', reason: 'again' });
    job.send(entered('b', 'b2'));
    expect(latestEffects(job, 'node.entered')).toMatchObject([
      { answer: { outcome: 'cancelled', token: 'b1' } },
    ]);
    job.send(entered('b', 'redriven'));
    expect(latestEffects(job, 'node.entered')).toMatchObject([
      { answer: { outcome: 'cancelled', token: 'b2' } },
    ]);
    job.succeed('b');
    const answers = latestEffects(job, 'node.completed').filter(({ kind }) => kind === 'answerNode');
    expect(answers).toMatchObject([{ answer: { nodeId: 'b', outcome: 'succeeded', token: 'redriven' } }]);
  });

  it('goes on behind a node that the graph has no more', () => {
    const job = ended();
    job.send(job.resumeOver(graph([node('a'), node('c')])));
    expect(job.send(entered('b', 'b2'))).toEqual([
      { type: 'job.nodeGone', data: { node: 'b', token: 'b2' } },
    ]);
    expect(latestEffects(job, 'job.nodeGone')).toMatchObject([
      { kind: 'answerNode', answer: { nodeId: 'b', outcome: 'skipped', token: 'b2' } },
    ]);
    expect(job.send({ type: 'nodeEntered', nodeId: 'b' })).toEqual([]);
  });

  it('is told how the job ended by every execution that waits, of which there may be a few', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    for (let n = 1; n <= 10; n++) job.send({ type: 'outcomeAwaited', token: `t${n}` });
    expect(job.send({ type: 'outcomeAwaited', token: 't9' })).toEqual([]);
    // Those that waited longest are let go, one for each that comes.
    expect(latestEffects(job, 'job.outcomeAwaited')).toMatchObject([
      { kind: 'answerOutcome', token: 't2', status: 'cancelled' },
    ]);
    job.succeed('a');
    const told = latestEffects(job, 'job.completed').flatMap((effect) =>
      effect.kind === 'answerOutcome' ? [effect.token] : [],
    );
    expect(told).toEqual(['t10', 't3', 't4', 't5', 't6', 't7', 't8', 't9']);
    job.send({ type: 'outcomeAwaited', token: 'late' });
    expect(latestEffects(job, 'job.outcomeAwaited')).toMatchObject([
      { token: 'late', status: 'succeeded' },
      {},
    ]);
  });

  it('is stopped with the run that a cancellation ended, and never with a later one', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    job.send({ type: 'cancel', reason: 'enough' });
    job.fail('a', 'cancelled');
    expect(latestEffects(job, 'job.completed')).toContainEqual(
      expect.objectContaining({ kind: 'stopWorkflow', reason: 'enough', run: 1 }),
    );
    job.send({ type: 'resume', reason: 'after all' });
    expect(latestEffects(job, 'job.completed').map(({ kind }) => kind)).not.toContain('stopWorkflow');
  });
});

describe('what a job publishes', () => {
  it('says which job and whose, and not what the job was told, which only its commands get', () => {
    const driver = new JobDriver(graph([node('a')]));
    driver.send(SUBMISSION);
    driver.send({ type: 'admit' });
    driver.send({ type: 'nodeEntered', nodeId: 'a' });
    const started = effectsOf(driver, 'job.admitted').find(({ kind }) => kind === 'publish');
    expect(started).toMatchObject({
      event: {
        type: 'orchestration.execution.started',
        detail: { jobId: 'j', owner: 'ann', traceId: 'trace' },
      },
    });
    expect(JSON.stringify(started)).not.toContain('customer');
    expect(JSON.stringify(effectsOf(driver, 'node.ready'))).toContain('of a customer');
  });

  it('says that its workflow was lost, while it runs', () => {
    const driver = new JobDriver(graph([node('a')]));
    driver.send(SUBMISSION);
    driver.send({ type: 'admit' });
    driver.send({ type: 'workflowEnded', status: 'failed', reason: 'States.Runtime' });
    expect(effectsOf(driver, 'job.workflowEnded')).toMatchObject([
      {
        kind: 'publish',
        event: {
          type: 'orchestration.workflow.lost',
          owner: 'ann',
          detail: { jobId: 'j', status: 'failed', reason: 'States.Runtime' },
        },
      },
    ]);
  });
});
