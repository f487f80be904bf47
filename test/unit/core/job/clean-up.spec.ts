import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { judgeDue } from '../../../../lib/core/job/conditions';
import { jobEffects } from '../../../../lib/core/job/effects';
import type { JobEvent } from '../../../../lib/core/job/events';
import { planResume } from '../../../../lib/core/job/resume-plan';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import type { Judgement } from '../../../../lib/core/model/judgement';
import { graph, JobDriver, node, retrying } from '../../../support/job-driver';

const again = { type: 'resume', reason: 'again' } as const;
const types = (events: readonly JobEvent[]) => events.map(({ type }) => type);
const reasonsOf = (job: JobDriver, ids: readonly string[]) =>
  ids.map((id) => (job.node(id) as { reason?: string }).reason);

/** setup -> test -> teardown, which always runs, and a report behind it. */
const SUITE = graph([
  node('setup'),
  node('test', { needs: ['setup'] }),
  node('teardown', { needs: ['test'], trigger: 'always', ...retrying(2) }),
  node('report', { needs: ['teardown'] }),
]);

/** Cancelled while its test ran; its clean-up is ready. */
function cancelled(of = SUITE, items: readonly unknown[] = []): JobDriver {
  const job = new JobDriver(of, () => (items.length > 0 ? { items: [...items] } : { holds: true }))
    .submit()
    .enterAll();
  job.succeed('setup');
  job.start('test');
  job.send({ type: 'cancel', reason: 'enough' });
  job.fail('test', 'cancelled');
  return job;
}

/** The kinds of effects that an event of a job requires. */
function kindsOf(job: JobDriver, event: JobEvent): string[] {
  const { state, index } = job;
  const recorded = { ...event, stream: 'job/j', seq: state.seq, at: 1 } as Recorded<JobEvent>;
  return jobEffects({ jobId: 'j', index, state, traceId: 't' }, recorded).map(({ kind }) => kind);
}

describe('the clean-up of a cancelled job', () => {
  it.each([
    ['a cancellation', SUITE, (job: JobDriver) => job.send({ type: 'cancel', reason: 'enough' })],
    ['the deadline', SUITE, (job: JobDriver) => job.send({ type: 'deadlineDue' })],
    [
      'fail-fast',
      graph([...SUITE.nodes, node('lint')], { onFailure: 'fail-fast' }),
      (job: JobDriver) => job.fail('lint'),
    ],
  ])('waits, after %s, for the end of what still runs behind nodes that never began', (_, of, stop) => {
    const job = new JobDriver(of).submit().enterAll();
    job.start('setup');
    stop(job);
    expect(job.outcomes()).toMatchObject({ setup: undefined, test: 'cancelled' });
    expect(job.ready()).toEqual([]);
    job.fail('setup', 'cancelled');
    expect(job.ready()).toEqual(['teardown']);
  });

  it('is handed out as any attempt is, and the workflow is stopped only after it', () => {
    const job = cancelled();
    const ready = job.events.find(
      ({ event }) => event.type === 'node.ready' && event.data.nodeId === 'teardown',
    );
    expect(kindsOf(job, ready?.event as JobEvent)).toEqual(['send']);
    expect(job.events.flatMap(({ event }) => kindsOf(job, event))).not.toContain('stopWorkflow');
    const ending = job.succeed('teardown');
    expect(types(ending)).toContain('job.completed');
    expect(ending.flatMap((event) => kindsOf(job, event))).toContain('stopWorkflow');
  });

  describe('with variables', () => {
    const ENV = "results.setup.outputs.env & ' of a test that is ' & results.test.status";
    const of = graph([
      node('setup'),
      node('test', { needs: ['setup'] }),
      node('teardown', { needs: ['test'], trigger: 'always', with: { ENV } }),
    ]);

    function stopped(judge: () => Judgement): JobDriver {
      const job = new JobDriver(of, judge).submit().enterAll();
      job.succeed('setup', { env: 'env-7' });
      job.start('test');
      job.send({ type: 'cancel', reason: 'enough' });
      job.fail('test', 'cancelled');
      return job;
    }

    it('sees what was handed on before the cancellation', async () => {
      const job = stopped(() => undefined as never);
      expect(Object.fromEntries(await judgeDue(job.index, job.state, memoryConditions))).toEqual({
        teardown: { holds: true, given: { ENV: 'env-7 of a test that is cancelled' } },
      });
    });

    it('is given them, and what is right then where it runs again', () => {
      let given = { ENV: 'first' };
      const job = stopped(() => ({ holds: true, given }));
      job.succeed('teardown');
      expect(job.state.status).toBe('cancelled');
      given = { ENV: 'second' };
      job.send(again);
      job.enterAll();
      job.succeed('test');
      job.succeed('teardown');
      const all = job.events.flatMap(({ event }) =>
        event.type === 'node.ready' && event.data.nodeId === 'teardown' ? [event.data.given] : [],
      );
      expect(all).toEqual([{ ENV: 'first' }, { ENV: 'second' }]);
      expect(job.state.status).toBe('succeeded');
    });

    it('does not run where there is nothing to give, and the job stays cancelled', () => {
      const job = stopped(() => ({ error: 'with.ENV: gives nothing' }));
      expect(job.outcomes()).toMatchObject({ test: 'cancelled', teardown: 'failed' });
      expect(job.state.status).toBe('cancelled');
    });

    it('is not asked for where it is ended by force', async () => {
      const job = new JobDriver(of, () => undefined as never).submit().enterAll();
      job.succeed('setup', { env: 'env-7' });
      job.start('test');
      job.send({ type: 'cancel', reason: 'enough', force: true });
      job.fail('test', 'cancelled');
      expect(job.state.status).toBe('cancelled');
      expect(await judgeDue(job.index, job.state, memoryConditions)).toEqual(new Map());
    });
  });

  it('does not decide how the job ends', () => {
    const job = cancelled();
    job.fail('teardown');
    job.send({ type: 'timerDue', nodeId: 'teardown', attempt: 2 });
    job.fail('teardown');
    expect(job.outcomes()).toMatchObject({ teardown: 'failed', report: 'cancelled' });
    expect(job.state.status).toBe('cancelled');
  });

  it('is tried again no more often than its budget says', () => {
    const job = cancelled();
    expect(types(job.fail('teardown'))).toContain('node.retryScheduled');
    job.send({ type: 'timerDue', nodeId: 'teardown', attempt: 2 });
    expect(types(job.fail('teardown'))).toContain('job.completed');
  });

  it('goes to another worker when its own is lost', () => {
    const job = cancelled();
    job.start('teardown');
    const lost = job.send({ type: 'attemptLost', nodeId: 'teardown', attempt: 1, reason: 'gone' });
    expect(types(lost)).toEqual(['attempt.lost', 'recovery.initiated', 'node.ready']);
    job.succeed('teardown');
    expect(job.state.status).toBe('cancelled');
  });

  it('runs without a workflow where that has ended', () => {
    const job = new JobDriver(SUITE).submit();
    job.send({ type: 'nodeEntered', nodeId: 'setup' });
    job.start('setup');
    job.send({ type: 'cancel', reason: 'enough' });
    job.send({ type: 'workflowEnded', status: 'failed', reason: 'TimedOut', run: 1 });
    job.fail('setup', 'cancelled');
    expect(job.ready()).toEqual(['teardown']);
  });

  it('cannot be paused', () => {
    const job = cancelled();
    expect(job.send({ type: 'pause', reason: 'later' })).toEqual([]);
  });

  it('comes before what a person wants undone', () => {
    const undoable = { work: { kind: 'command' as const, run: 'x' }, compensate: 'undo' };
    const [setup, ...rest] = SUITE.nodes;
    const job = new JobDriver({
      ...SUITE,
      nodes: [{ ...(setup as (typeof rest)[number]), ...undoable }, ...rest],
    })
      .submit()
      .enterAll();
    job.succeed('setup');
    job.start('test');
    job.send({ type: 'rollback', reason: 'undo it' });
    job.fail('test', 'cancelled');
    expect(job.ready()).toEqual(['teardown']);
    expect(types(job.succeed('teardown'))).toContain('rollback.started');
  });
});

describe('a cancellation by force', () => {
  it('ends the clean-up that runs', () => {
    const job = cancelled();
    job.start('teardown');
    const forced = job.send({ type: 'cancel', reason: 'at once', force: true });
    expect(types(forced)).toEqual(['job.cancelRequested', 'attempt.cancelRequested']);
    job.fail('teardown', 'cancelled');
    expect(job.outcomes()).toMatchObject({ teardown: 'cancelled', report: 'cancelled' });
    expect(reasonsOf(job, ['test', 'teardown'])).toEqual(['enough', 'at once']);
    expect(job.state.status).toBe('cancelled');
  });

  it('ends the clean-up that waits for its retry', () => {
    const job = cancelled();
    job.fail('teardown');
    expect(types(job.send({ type: 'cancel', reason: 'at once', force: true }))).toContain('job.completed');
    expect(job.send({ type: 'timerDue', nodeId: 'teardown', attempt: 2 })).toEqual([]);
  });

  it('lets none begin, in a paused job too', () => {
    const job = new JobDriver(SUITE).submit().enterAll();
    job.start('setup');
    job.send({ type: 'pause', reason: 'later' });
    const forced = job.send({ type: 'cancel', reason: 'at once', force: true });
    expect(types(forced)).not.toContain('job.unpaused');
    job.fail('setup', 'cancelled');
    expect(job.outcomes()).toEqual({
      ...{ setup: 'cancelled', test: 'cancelled' },
      ...{ teardown: 'cancelled', report: 'cancelled' },
    });
  });

  it('ends every item of a clean-up', () => {
    const job = cancelled(
      graph([
        node('setup'),
        node('test', { needs: ['setup'] }),
        node('teardown', { needs: ['test'], trigger: 'always', forEach: '[1, 2]' }),
      ]),
      [1, 2],
    );
    expect(job.ready()).toEqual(['teardown-1', 'teardown-2']);
    job.send({ type: 'cancel', reason: 'at once', force: true });
    job.fail('teardown-1', 'cancelled');
    job.fail('teardown-2', 'cancelled');
    expect(job.node('teardown')).toMatchObject({ outcome: 'cancelled' });
    expect(job.state.status).toBe('cancelled');
  });

  it('is of no consequence a second time', () => {
    const job = cancelled();
    job.start('teardown');
    job.send({ type: 'cancel', reason: 'at once', force: true });
    expect(job.send({ type: 'cancel', reason: 'once more', force: true })).toEqual([]);
  });

  it('of a job past its deadline leaves it failed', () => {
    const job = new JobDriver(SUITE).submit().enterAll();
    job.start('setup');
    job.send({ type: 'deadlineDue' });
    job.send({ type: 'cancel', reason: 'at once', force: true });
    job.fail('setup', 'cancelled');
    expect(job.state.status).toBe('failed');
  });

  it('does not outlive a resume', () => {
    const job = cancelled();
    job.send({ type: 'cancel', reason: 'at once', force: true });
    job.fail('teardown', 'cancelled');
    job.send(again);
    job.enterAll();
    job.start('test');
    job.send({ type: 'cancel', reason: 'enough' });
    job.fail('test', 'cancelled');
    expect(job.ready()).toEqual(['teardown']);
  });
});

describe('what cleaned up', () => {
  it('runs again when what it stands behind is resumed, and nothing else that succeeded', () => {
    const job = cancelled(
      graph([
        node('setup'),
        node('test', { needs: ['setup'] }),
        node('other', { needs: ['setup'], trigger: 'always' }),
        node('summary', { needs: ['test'], trigger: 'all_done' }),
        node('teardown', { needs: ['summary'], trigger: 'always' }),
      ]),
    );
    job.succeed('teardown');
    job.succeed('other');
    const whys = planResume(job.index, job.state, {}).nodes.map(({ nodeId, why }) => [nodeId, why]);
    expect(Object.fromEntries(whys)).toEqual({
      ...{ setup: 'kept', test: 'cancelled', other: 'kept' },
      ...{ summary: 'cancelled', teardown: 'downstream' },
    });
    job.send(again);
    job.enterAll();
    job.succeed('test');
    job.succeed('summary');
    expect(job.ready()).toEqual(['teardown']);
    job.succeed('teardown');
    expect(job.state.status).toBe('succeeded');
  });

  it('is decided anew where it is a fan-out', () => {
    const items: unknown[] = ['db-1'];
    const job = new JobDriver(
      graph([node('test'), node('teardown', { needs: ['test'], trigger: 'always', forEach: 'x' })]),
      () => ({ items: [...items] }),
    )
      .submit()
      .enterAll();
    job.fail('test');
    job.succeed('teardown-1');
    items.push('db-2');
    job.send(again);
    job.enterAll();
    job.succeed('test');
    expect(job.ready()).toEqual(['teardown-1', 'teardown-2']);
  });

  it.each([
    ['a retry of a job that is over', (job: JobDriver) => job.send({ type: 'retry', reason: 'again' })],
    [
      'a retry of one node',
      (job: JobDriver) => job.send({ type: 'retry', reason: 'again', nodes: ['test'] }),
    ],
  ])('runs again with %s', (_, retry) => {
    const job = new JobDriver(
      graph([
        node('test'),
        node('teardown', { needs: ['test'], trigger: 'always', forEach: 'x' }),
        node('last', { needs: ['teardown'], trigger: 'always' }),
      ]),
      () => ({ items: [1, 2] }),
    )
      .submit()
      .enterAll();
    job.fail('test');
    for (const id of ['teardown-1', 'teardown-2', 'last']) job.succeed(id);
    const [resumed] = retry(job);
    expect(resumed?.data).toMatchObject({
      nodes: ['test', 'teardown', 'teardown-1', 'teardown-2', 'last'],
    });
    job.succeed('test');
    expect(job.ready()).toEqual(['teardown-1', 'teardown-2']);
    for (const id of ['teardown-1', 'teardown-2', 'last']) job.succeed(id);
    expect(job.state.status).toBe('succeeded');
  });

  it('runs again behind what runs as a failure does not count any more', () => {
    const job = new JobDriver(SUITE).submit().enterAll();
    job.fail('setup');
    job.succeed('teardown');
    job.succeed('report');
    job.send({
      type: 'overrule',
      ...{ nodeId: 'setup', outcome: 'succeeded', reason: 'it was up', by: 'ana' },
    });
    job.succeed('test');
    expect(job.ready()).toEqual(['teardown']);
    job.succeed('teardown');
    expect(job.state.status).toBe('succeeded');
  });
});
