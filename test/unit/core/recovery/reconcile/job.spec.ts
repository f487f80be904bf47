import type { AttemptSighting, ExecutionSighting } from '../../../../../lib/core/ports/sightings';
import { questionsOf } from '../../../../../lib/core/recovery/reconcile/job';
import { repairKey } from '../../../../../lib/core/recovery/reconcile/repair';
import { graph, node, retrying } from '../../../../support/job-driver';
import { brief, GRACE, HOUR, SightedDriver } from './sighted-job';

const one = graph([node('a', retrying(2))]);
const two = graph([node('a'), node('b', { needs: ['a'] })]);
const STARTED = { type: 'attemptStarted', nodeId: 'a', attempt: 1, workerId: 'w' } as const;
const SUCCEEDED = { type: 'attemptSucceeded', nodeId: 'a', attempt: 1, durationMs: 5, outputs: {} } as const;
const REPORT = { type: 'succeeded', durationMs: 5, outputs: { x: 1 } } as const;
const FAILED = {
  type: 'attemptFailed',
  ...{ nodeId: 'a', attempt: 1, durationMs: 5 },
  failure: { kind: 'exit', message: 'no', exitCode: 1 },
} as const;
const unknown: AttemptSighting = { status: 'unknown' };
const running: AttemptSighting = { status: 'running' };
const ended = (ending: Extract<ExecutionSighting, { status: 'ended' }>['ending']): ExecutionSighting => ({
  ...{ status: 'ended', ending, reason: 'States.Runtime' },
});

interface Row {
  readonly when: string;
  readonly job: () => SightedDriver;
  readonly seen?: Parameters<SightedDriver['repairs']>[0];
  readonly repairs: readonly string[];
}

const of = (g = one) => new SightedDriver(g);
/** With `a` leased, and started where the worker said so. */
const leased = () =>
  of()
    .begin()
    .pass(GRACE + 1);
const started = () =>
  of()
    .begin()
    .tell(STARTED)
    .pass(GRACE + 1);

/** `a` has succeeded and is being undone, as `b` failed; `retrying` has it tried again once. */
function undoing(...lost: Parameters<SightedDriver['tell']>[1][]): SightedDriver {
  const nodes = [node('a', { compensate: 'undo', ...retrying(2) }), node('b', { needs: ['a'] })];
  const failedB = { ...FAILED, nodeId: 'b' } as const;
  return new SightedDriver({ ...graph(nodes), onFailure: 'rollback' })
    .begin()
    .tell(SUCCEEDED)
    .tell(failedB, ...lost);
}
const STEP = { nodeId: 'a', attempt: 2 } as const;

const rows: readonly Row[] = [
  // 0. What undoes a node is an attempt as any other.
  {
    when: 'a worker runs what undoes a node',
    job: () =>
      undoing()
        .tell({ ...STARTED, ...STEP })
        .pass(GRACE + 1),
    seen: { attempts: { 'a/2': running } },
    repairs: [],
  },
  {
    when: 'a node was undone, and the report did not arrive',
    job: () =>
      undoing()
        .tell({ ...STARTED, ...STEP })
        .pass(GRACE + 1),
    seen: { attempts: { 'a/2': { status: 'finished', report: REPORT } } },
    repairs: ['callbackLost: job attemptSucceeded'],
  },
  {
    when: 'the pool was not told of what undoes a node',
    job: () => undoing('workOffered').pass(GRACE + 1),
    repairs: ['offerLost: pool workOffered'],
  },
  {
    when: 'a node is to be undone once more, and nobody said that it is time',
    job: () =>
      undoing()
        .tell({ ...FAILED, ...STEP })
        .pass(HOUR),
    repairs: ['timerLost: job timerDue'],
  },
  {
    when: 'the pool leases what has undone a node',
    job: () =>
      undoing()
        .tell({ ...SUCCEEDED, ...STEP }, 'workReleased', 'jobOver')
        .pass(GRACE + 1),
    repairs: ['overUntold: pool jobOver', 'zombieLease: pool workReleased'],
  },

  // 1. What a worker said, or would say, and its job did not hear.
  {
    when: 'an attempt has finished whose report did not arrive',
    job: started,
    seen: { attempts: { 'a/1': { status: 'finished', report: REPORT } } },
    repairs: ['callbackLost: job attemptSucceeded'],
  },
  {
    when: 'neither the report of its start did',
    job: leased,
    seen: { attempts: { 'a/1': { status: 'finished', report: REPORT } } },
    repairs: ['callbackLost: job attemptSucceeded'],
  },
  {
    when: 'the worker that has finished pulls: it says so again when it is given the attempt again',
    job: started,
    seen: { attempts: { 'a/1': { status: 'finished' } } },
    repairs: ['callbackLost: dispatch'],
  },
  {
    when: 'a worker knows nothing of an attempt that it has started',
    job: started,
    seen: { attempts: { 'a/1': unknown } },
    repairs: ['attemptGone: job attemptLost'],
  },
  {
    when: 'a worker knows nothing of an attempt whose lease is over',
    job: () => leased().pass(HOUR),
    seen: { attempts: { 'a/1': unknown } },
    repairs: ['attemptGone: job attemptLost'],
  },
  {
    when: 'a worker was never given an attempt that is leased to it',
    job: leased,
    seen: { attempts: { 'a/1': unknown } },
    repairs: ['dispatchLost: dispatch'],
  },
  {
    when: 'a worker has registered anew since an attempt was leased to it, which it may have run before',
    job: () =>
      leased()
        .tellPool({
          type: 'workerRegistered',
          worker: { workerId: 'w', labels: [], slots: 4, registration: 'r-anew' },
        })
        .pass(GRACE + 1),
    seen: { attempts: { 'a/1': unknown } },
    repairs: ['attemptGone: job attemptLost'],
  },
  { when: 'a worker runs its attempt', job: started, seen: { attempts: { 'a/1': running } }, repairs: [] },
  { when: 'a worker does not answer', job: started, repairs: [] },
  {
    when: 'the pool has given an attempt up, and the job was not told',
    job: () => started().tellPool({ type: 'workerLost', workerId: 'w', reason: 'silent' }),
    repairs: ['lossUntold: job attemptLost'],
  },

  // 2. What is over for the job, and not for the pool or a worker.
  {
    when: 'the pool leases an attempt that has ended',
    job: () =>
      of()
        .begin()
        .tell(SUCCEEDED, 'workReleased', 'jobOver')
        .pass(GRACE + 1),
    seen: { attempts: { 'a/1': { status: 'finished' } } },
    repairs: ['overUntold: pool jobOver', 'zombieLease: pool workReleased'],
  },
  {
    when: 'a worker runs an attempt that has ended',
    job: () =>
      of(two)
        .begin()
        .tell(SUCCEEDED, 'workReleased')
        .pass(GRACE + 1),
    seen: { attempts: { 'a/1': running } },
    repairs: ['zombieAttempt: cancelExecution', 'zombieLease: pool workReleased'],
  },
  {
    when: 'the pool leases an attempt in whose place another one is to come',
    job: () =>
      of()
        .begin()
        .tell(FAILED, 'workReleased')
        .pass(GRACE + 200),
    repairs: ['timerLost: job timerDue', 'zombieLease: pool workReleased'],
  },

  {
    when: 'the pool leases work of a job that none of its nodes knows, even behind its end',
    job: () => {
      const driver = of().begin();
      const work = [...driver.pool.leases.values()][0]!.work;
      for (const ref of [{ nodeId: 'undo-a' }, { attempt: 2 }])
        driver.tellPool({ type: 'workOffered', work: { ...work, ...ref } });
      return driver.tell(SUCCEEDED).pass(HOUR);
    },
    repairs: [],
  },

  // 3. What the job waits for, and nobody has.
  {
    when: 'the pool was never offered an attempt',
    job: () =>
      of()
        .begin('workOffered')
        .pass(GRACE + 1),
    repairs: ['offerLost: pool workOffered'],
  },
  {
    when: 'the pool was not told to cancel a lease',
    job: () => started().tell({ type: 'cancel', reason: 'x' }, 'workWithdrawn'),
    repairs: ['cancelLost: pool workWithdrawn'],
  },
  {
    when: 'a worker was not told to cancel',
    job: () => started().tell({ type: 'cancel', reason: 'x' }),
    seen: { attempts: { 'a/1': running } },
    repairs: ['cancelLost: cancelExecution'],
  },
  {
    when: 'nobody has an attempt that was cancelled',
    job: () =>
      of()
        .begin('workOffered')
        .tell({ type: 'cancel', reason: 'x' }, 'workWithdrawn')
        .pass(GRACE + 1),
    repairs: ['cancelLost: pool workWithdrawn'],
  },

  // 4. The workflow.
  {
    when: 'no workflow was begun',
    job: () =>
      of()
        .tell({ type: 'admit' })
        .pass(GRACE + 1),
    seen: { execution: { status: 'unstarted' } },
    repairs: ['workflowUnstarted: startWorkflow'],
  },
  ...(['failed', 'timed_out', 'aborted', 'succeeded'] as const).map((ending): Row => {
    return {
      when: `the workflow has ${ending} before its nodes`,
      job: () =>
        of()
          .tell({ type: 'admit' })
          .pass(GRACE + 1),
      seen: { execution: ended(ending) },
      repairs: ['workflowEnded: job workflowEnded'],
    };
  }),
  {
    when: 'the workflow has ended, and the job knows, which has another run of it by now',
    job: () =>
      of()
        .tell({ type: 'admit' })
        .tell({ type: 'workflowEnded', status: 'aborted', reason: 'x' })
        .pass(GRACE + 1),
    seen: { execution: { status: 'running', id: 'run-2' } },
    repairs: [],
  },
  {
    when: 'the workflow has ended after it had entered all',
    job: started,
    seen: { execution: ended('aborted'), attempts: { 'a/1': running } },
    repairs: [],
  },
  {
    when: 'the engine itself stopped the workflow',
    job: () =>
      of()
        .tell({ type: 'admit' })
        .pass(GRACE + 1),
    seen: { execution: { status: 'stopped' } },
    repairs: [],
  },

  // 8. Answers.
  {
    when: 'the workflow waits for an answer that was given',
    job: () =>
      of(two)
        .tell({ type: 'admit' })
        .tell({ type: 'nodeEntered', nodeId: 'a', token: 'token-a' })
        .tell(SUCCEEDED)
        .pass(GRACE + 1),
    seen: { execution: { status: 'running', id: 'arn' } },
    repairs: ['answerLost: answerNode'],
  },
  {
    when: 'no answer helps the workflow to go on',
    job: () =>
      of(two)
        .tell({ type: 'admit' })
        .tell({ type: 'nodeEntered', nodeId: 'a', token: 'token-a' })
        .tell(SUCCEEDED)
        .pass(HOUR),
    seen: { execution: { status: 'running', id: 'arn' } },
    repairs: ['entryLost: stopExecution', 'entryLost: job workflowEnded'],
  },

  // 7. Queue, admission, and what time should have brought about.
  {
    when: 'the pool has no such job in its queue',
    job: () => {
      const driver = of();
      driver.pool.admission.waiting.clear();
      driver.pool.admission.running.clear();
      return driver.pass(GRACE + 1);
    },
    repairs: ['queueingLost: pool jobQueued'],
  },
  {
    when: 'the job goes on after its end, and its pool was not told',
    job: () =>
      of(two)
        .begin()
        .tell({ ...FAILED })
        .tell({ type: 'resume', reason: 'mended' }, 'jobQueued')
        .pass(GRACE + 1),
    seen: { execution: { status: 'running', id: 'e' } },
    repairs: ['queueingLost: pool jobQueued'],
  },
  {
    when: 'it goes on after its end, and waits in the queue',
    job: () =>
      of(two)
        .begin()
        .tell({ ...FAILED })
        .tell({ type: 'resume', reason: 'mended' })
        .pass(GRACE + 1),
    seen: { execution: { status: 'running', id: 'e' } },
    repairs: [],
  },
  {
    when: 'it is over once more, and rolled back, for which it waits in no queue',
    job: () =>
      new SightedDriver(graph([node('a', { compensate: 'undo' }), node('b', { needs: ['a'] })]))
        .begin()
        .tell(FAILED)
        .tell({ type: 'resume', reason: 'mended' })
        .tell({ type: 'nodeEntered', nodeId: 'a', token: 'anew' })
        .tell({ ...SUCCEEDED, attempt: 2 })
        .tell({ type: 'nodeEntered', nodeId: 'b', token: 'anew-b' })
        .tell({ ...FAILED, nodeId: 'b' })
        .tell({ type: 'rollback', reason: 'broken' })
        .tell({ ...STARTED, attempt: 3 })
        .pass(GRACE + 1),
    seen: { attempts: { 'a/3': running } },
    repairs: [],
  },
  {
    when: 'the job was not told that it is admitted',
    job: () => of().pass(GRACE + 1),
    repairs: ['admissionLost: job admit'],
  },
  {
    when: 'the pool hands out work of a paused job',
    job: () => started().tell({ type: 'pause', reason: 'x' }, 'jobHeld'),
    repairs: ['holdLost: pool jobHeld'],
  },
  {
    when: 'the pool holds a job that goes on',
    job: () =>
      started().tell({ type: 'pause', reason: 'x' }).tell({ type: 'unpause', reason: 'x' }, 'jobUnheld'),
    repairs: ['holdLost: pool jobUnheld'],
  },
  {
    when: 'the next attempt is overdue',
    job: () =>
      of()
        .begin()
        .tell(FAILED)
        .pass(GRACE + 200),
    repairs: ['timerLost: job timerDue'],
  },
  {
    when: 'the deadline of the job has passed',
    job: () =>
      new SightedDriver(one, 30_000)
        .begin()
        .tell(STARTED)
        .pass(30_000 + GRACE),
    seen: { attempts: { 'a/1': running } },
    repairs: ['timerLost: job deadlineDue'],
  },
  {
    when: 'the deadline has passed of a job that somebody had go on after it',
    job: () =>
      new SightedDriver(one, 30_000)
        .begin()
        .tell({ type: 'deadlineDue' })
        .tell({ ...FAILED, failure: { kind: 'cancelled', message: 'x' } })
        .pass(HOUR)
        .tell({ type: 'retry', reason: 'again', level: 1 })
        .pass(GRACE + 1),
    seen: { attempts: { 'a/2': running } },
    repairs: [],
  },
];

describe('journal, pool, workflow and workers', () => {
  it.each(rows)('are brought into step where $when', ({ job, seen, repairs }) => {
    expect(job().repairs(seen).map(brief)).toEqual(repairs);
  });

  it.each(rows.filter(({ repairs }) => repairs.length > 0))(
    'are left alone while it may be under way that $when',
    ({ job, seen }) => {
      const driver = job();
      const told = driver.repairs(seen, 100 * HOUR).map(({ kind }) => kind);
      // What leaves no time in the fold is told too early rather than never, and twice does no harm.
      expect(told.filter((kind) => kind !== 'holdLost' && kind !== 'cancelLost')).toEqual([]);
    },
  );

  it('are in step after the repair, so that nothing follows from it twice', () => {
    const driver = started();
    const seen = { attempts: { 'a/1': { status: 'finished', report: REPORT } } } as const;
    const [repair] = driver.repairs(seen);
    for (let times = 0; times < 2; times++) {
      if (repair?.effect.kind === 'send' && repair.effect.to.kind === 'job')
        driver.tell(repair.effect.message as never);
    }
    expect(driver.pass(HOUR).repairs(seen)).toEqual([]);
    expect(driver.job.state.nodes[0]).toMatchObject({
      phase: 'final',
      outcome: 'succeeded',
      outputs: { x: 1 },
    });
  });

  it('name a repair alike whenever they find it, and others by other names', () => {
    const keys = rows.flatMap(({ job, seen }) => job().repairs(seen).map(repairKey));
    const again = rows.flatMap(({ job, seen }) => job().pass(1_000).repairs(seen).map(repairKey));
    expect(again).toEqual(keys);
    expect(keys).toContain('callbackLost/job.attemptSucceeded/j/a/1/w');
  });
});

describe('what has to be asked', () => {
  const asked = (driver: SightedDriver, graceMs = GRACE) =>
    questionsOf(driver.sighted(), { now: driver.now, graceMs });

  it('is nothing while all is young', () => {
    expect(asked(of(two).begin().tell(STARTED))).toEqual({ execution: false, attempts: [] });
  });

  it('are attempts that are out for long, where they are', () => {
    const attempt = { jobId: 'j', nodeId: 'a', attempt: 1, workerId: 'w' };
    expect(asked(started())).toEqual({ execution: false, attempts: [attempt] });
    const lost = started().tellPool({ type: 'workerLost', workerId: 'w', reason: 'x' });
    expect(asked(lost).attempts).toEqual([attempt]);
  });

  it('is the workflow once a node should have been entered, and not while it waits for others', () => {
    const waiting = of(two)
      .tell({ type: 'admit' })
      .tell({ type: 'nodeEntered', nodeId: 'a' })
      .tell(STARTED)
      .pass(HOUR);
    expect(asked(waiting).execution).toBe(false);
    expect(asked(waiting.tell(SUCCEEDED)).execution).toBe(false);
    expect(asked(waiting.pass(GRACE + 1)).execution).toBe(true);
  });
});
