import { jobDecider } from '../../../../lib/core/job/decider';
import { jobEffects } from '../../../../lib/core/job/effects';
import type { JobEvent } from '../../../../lib/core/job/events';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import type { WorkItem } from '../../../../lib/core/messages/pool';
import type { FailureClass } from '../../../../lib/core/model/failure';
import { DEFAULT_RECOVERY, type RecoveryPolicy } from '../../../../lib/core/model/recovery';
import { outstandingEffects } from '../../../../lib/core/recovery/outstanding';
import { graph, JobDriver, node, retrying } from '../../../support/job-driver';
import { diagnosisOf } from '../../../support/retry-facts';

const types = (events: readonly JobEvent[]) => events.map(({ type }) => type);
const recoveries = (events: readonly JobEvent[]) =>
  events.filter(({ type }) => type.startsWith('recovery.')).map(({ type, data }) => ({ type, ...data }));

function running(recovery?: Partial<RecoveryPolicy>): JobDriver {
  const policy = recovery && { recovery: { ...DEFAULT_RECOVERY, ...recovery } };
  const job = new JobDriver(graph([node('a', policy), node('b', { needs: ['a'] })])).submit().enterAll();
  job.start('a');
  return job;
}

function lose(job: JobDriver, more: object = {}): JobEvent[] {
  const { attempt } = job.node('a');
  return job.send({ type: 'attemptLost', nodeId: 'a', attempt, reason: 'gone', ...more });
}

function effectsOf(job: JobDriver, type: JobEvent['type'], more: object = {}) {
  const { index, state, events } = job;
  const seq = events.findLastIndex(({ event }) => event.type === type) + 1;
  const { event, at } = events[seq - 1]!;
  const recorded = { ...event, stream: 'job/j', seq, at } as Recorded<JobEvent>;
  return jobEffects({ jobId: 'j', index, state, traceId: 't', ...more }, recorded);
}

/** What the pool is offered of the latest attempt. */
function offered(job: JobDriver): WorkItem {
  const [effect] = effectsOf(job, 'node.ready');
  return (effect as unknown as { message: { work: WorkItem } }).message.work;
}

describe('an attempt that is lost', () => {
  it('is not tried again where no worker takes it', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    const events = lose(job, { cause: 'unschedulable', reason: 'for 30 minutes nobody took it' });
    const why = 'is taken by no worker: for 30 minutes nobody took it';
    expect(recoveries(events)).toMatchObject([
      { type: 'recovery.initiated', cause: 'unschedulable', strategy: 'park', why },
      { type: 'recovery.failed', cause: 'unschedulable', why },
    ]);
    expect(events.find(({ type }) => type === 'node.completed')?.data).toMatchObject({
      ...{ nodeId: 'a', outcome: 'failed', reason: why },
    });
  });

  it('is given to another worker, and the recovery is over when its next attempt runs', () => {
    const job = running();
    expect(recoveries(lose(job, { cause: 'leaseExpired' }))).toEqual([
      {
        ...{ type: 'recovery.initiated', recoveryId: 'a/1', nodeId: 'a', attempt: 2, workerId: 'w1' },
        ...{ cause: 'leaseExpired', strategy: 'reassign', why: 'gone' },
      },
    ]);
    expect(offered(job)).toMatchObject({ attempt: 2, avoid: ['w1'] });
    job.now += 700;
    const started = job.send({ type: 'attemptStarted', nodeId: 'a', attempt: 2, workerId: 'w2' });
    expect(recoveries(started)).toEqual([
      {
        ...{ type: 'recovery.completed', recoveryId: 'a/1', nodeId: 'a', attempt: 2 },
        ...{ strategy: 'reassign', durationMs: 700 },
      },
    ]);
    expect(job.node('a')).not.toHaveProperty('recovery');
  });

  it('is over as well when the report of the start is overtaken by that of the end, and once', () => {
    const job = running();
    lose(job);
    const report = { type: 'attemptSucceeded', nodeId: 'a', attempt: 2, workerId: 'w2' } as const;
    const events = job.send({ ...report, durationMs: 1, outputs: {} });
    expect(types(events).slice(0, 4)).toEqual([
      'attempt.started',
      'recovery.completed',
      'attempt.succeeded',
      'node.completed',
    ]);
    expect(recoveries(events)).toHaveLength(1);
  });

  it('goes on under its id when the next attempt is lost before it runs, and avoids both workers', () => {
    const job = running();
    lose(job);
    const again = lose(job, { workerId: 'w2', cause: 'refused' });
    expect(recoveries(again)).toMatchObject([{ recoveryId: 'a/1', attempt: 3, workerId: 'w2' }]);
    expect(offered(job).avoid).toEqual(['w1', 'w2']);
    job.start('a');
    expect(recoveries(lose(job))).toMatchObject([{ recoveryId: 'a/3', attempt: 4 }]);
  });

  it('fails for good after as many as the policy has, and says what was tried', () => {
    const job = running({ losses: 2 });
    lose(job);
    job.start('a');
    const events = lose(job, { reason: 'gone again' });
    const why = 'lost its worker 2 times, last: gone again';
    const data = { recoveryId: 'a/2', nodeId: 'a', attempt: 2, cause: 'workerLost', why };
    expect(recoveries(events)).toEqual([
      { type: 'recovery.initiated', ...data, strategy: 'park' },
      { type: 'recovery.failed', ...data, tried: ['reassign'] },
    ]);
    expect(job.node('a')).toMatchObject({ outcome: 'failed', reason: why, failures: 0 });
  });

  it('of a workflow is over with its job, where that is cancelled before the new run has spoken', () => {
    const job = new JobDriver(graph([node('a'), node('b', { needs: ['a'] })])).submit();
    job.send({ type: 'nodeEntered', nodeId: 'a' });
    job.send({ type: 'workflowEnded', status: 'failed', reason: 'gone' });
    job.send({ type: 'cancel', reason: 'r' });
    const events = job.fail('a', 'cancelled');
    expect(recoveries(events)).toMatchObject([{ type: 'recovery.completed', recoveryId: 'run-1' }]);
    expect(types(events).at(-1)).toBe('job.completed');
  });

  it('is lost to nobody where no worker takes it: it is given up after fifteen of these, and they are no losses', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    for (let n = 1; n < 15; n++) lose(job, { cause: 'refused', workerId: 'w1', reason: 'unreachable' });
    expect(job.node('a')).toMatchObject({ phase: 'ready', attempt: 15, losses: 0, refusals: 14 });
    lose(job, { cause: 'refused', workerId: 'w1', reason: 'unreachable' });
    const reason = 'was taken by no worker 15 times, last: unreachable';
    expect(job.node('a')).toMatchObject({ outcome: 'failed', reason });
  });

  it('is a loss as any other where it had begun before it was given back', () => {
    const job = running();
    lose(job, { cause: 'refused' });
    expect(job.node('a')).toMatchObject({ losses: 1 });
    expect(job.node('a')).not.toHaveProperty('refusals');
  });

  it('is parked at once where the policy says so', () => {
    const job = running({ lost: 'park' });
    expect(recoveries(lose(job))).toMatchObject([
      { type: 'recovery.initiated', strategy: 'park' },
      { type: 'recovery.failed', tried: [] },
    ]);
    expect(job.node('a')).toMatchObject({ outcome: 'failed', attempt: 1 });
  });

  it('of a node that is being cancelled is not recovered', () => {
    const job = running();
    job.send({ type: 'cancel', reason: 'enough' });
    expect(recoveries(lose(job))).toEqual([]);
    expect(job.node('a')).toMatchObject({ outcome: 'cancelled' });
  });

  it('is recovered when its worker gives it back unasked', () => {
    const job = running();
    expect(recoveries(job.fail('a', 'cancelled'))).toMatchObject([
      { cause: 'refused', strategy: 'reassign' },
    ]);
  });
});

describe('a restart', () => {
  it('waits for the same worker, for as long as the policy says', () => {
    const job = running({ lost: 'restart', restartWithinMs: 30_000 });
    const { now } = job;
    expect(recoveries(lose(job))).toMatchObject([
      {
        strategy: 'restart',
        workerId: 'w1',
        until: now + 30_000,
        why: 'gone; its state is on w1, which is waited for',
      },
    ]);
    expect(offered(job)).toMatchObject({ on: { workerId: 'w1', until: now + 30_000 } });
    expect(offered(job)).not.toHaveProperty('avoid');
    job.now += 10_000;
    expect(recoveries(job.start('a'))).toMatchObject([{ strategy: 'restart', durationMs: 10_000 }]);
  });

  it('that another worker took in the end came to be a reassignment', () => {
    const job = running({ lost: 'restart' });
    lose(job);
    const started = job.send({ type: 'attemptStarted', nodeId: 'a', attempt: 2, workerId: 'w2' });
    expect(recoveries(started)).toMatchObject([{ type: 'recovery.completed', strategy: 'reassign' }]);
    expect(job.node('a')).not.toHaveProperty('recovery');
  });

  it('is a reassignment at once where nobody knows who had the attempt', () => {
    const policy = { recovery: { ...DEFAULT_RECOVERY, lost: 'restart' as const } };
    const job = new JobDriver(graph([node('a', policy)])).submit().enterAll();
    expect(recoveries(lose(job))).toMatchObject([{ strategy: 'reassign' }]);
  });
});

describe('a workflow that ends before its job', () => {
  const ended = (run?: number) =>
    ({
      type: 'workflowEnded',
      status: 'aborted',
      reason: 'stopped by a person',
      ...(run === undefined ? {} : { run }),
    }) as const;
  const begun = () => {
    const job = new JobDriver(graph([node('a'), node('b', { needs: ['a'] }), node('c', { needs: ['b'] })]));
    job.submit();
    job.send({ type: 'nodeEntered', nodeId: 'a', token: 't1' });
    return job;
  };

  it('is followed by another run, which completes the recovery when it speaks', () => {
    const job = begun();
    job.start('a');
    expect(recoveries(job.send(ended()))).toEqual([
      {
        ...{
          type: 'recovery.initiated',
          recoveryId: 'run-1',
          cause: 'workflowEnded',
          strategy: 'resume',
          run: 2,
        },
        why: 'run 1 of the workflow ended aborted: stopped by a person',
      },
    ]);
    expect(job.state).toMatchObject({ run: 2 });
    expect(job.state).not.toHaveProperty('workflowEnded');
    expect(effectsOf(job, 'recovery.initiated')).toMatchObject([
      { kind: 'startWorkflow', jobId: 'j', graphHash: 'hash', run: 2 },
      {
        kind: 'publish',
        event: { type: 'orchestration.recovery.initiated', detail: { jobId: 'j', run: 2 } },
      },
    ]);
    job.now += 900;
    const spoke = job.send({ type: 'nodeEntered', nodeId: 'a', token: 't2' });
    expect(spoke).toEqual([
      { type: 'node.entered', data: expect.objectContaining({ nodeId: 'a', token: 't2' }) },
      { type: 'recovery.completed', data: { recoveryId: 'run-1', strategy: 'resume', durationMs: 900 } },
    ]);
    expect(recoveries(job.send({ type: 'nodeEntered', nodeId: 'b' }))).toEqual([]);
  });

  it('is recovered still where what failed meanwhile is tried again before the new run has spoken', () => {
    const job = begun();
    job.start('a');
    job.send(ended());
    job.fail('a');
    expect(types(job.send({ type: 'retry', nodes: ['a'], reason: 'flaky' }))).toEqual([
      'job.resumed',
      'node.ready',
    ]);
    expect(job.state).toMatchObject({ resuming: { recoveryId: 'run-1' } });
    job.now += 900;
    const spoke = job.send({ type: 'nodeEntered', nodeId: 'a', token: 't2' });
    expect(recoveries(spoke)).toMatchObject([{ type: 'recovery.completed', recoveryId: 'run-1' }]);
    expect(job.state).not.toHaveProperty('resuming');
  });

  it('is of no consequence once another run has begun', () => {
    const job = begun();
    job.send(ended());
    expect(job.send(ended())).toEqual([]);
    expect(job.send(ended(1))).toEqual([]);
    expect(types(job.send(ended(2)))).toEqual(['job.workflowEnded', 'recovery.initiated']);
  });

  it('three times without a node that became final leaves the order to the job, which needs no workflow then', () => {
    const job = begun();
    job.send(ended());
    job.send({ type: 'nodeEntered', nodeId: 'a', token: 't2' });
    job.send(ended(2));
    const events = job.send(ended(3));
    expect(types(events)).toEqual([
      'job.workflowEnded',
      'recovery.initiated',
      'job.entered',
      'recovery.completed',
    ]);
    expect(recoveries(events)[0]).toMatchObject({
      recoveryId: 'run-2',
      why: '3 runs of the workflow ended without a node that became final: the job goes on without one',
    });
    expect(effectsOf(job, 'recovery.initiated')).toMatchObject([{ kind: 'publish' }]);
    for (const id of ['a', 'b', 'c']) job.succeed(id);
    expect(job.state.status).toBe('succeeded');
    expect(job.send(ended(3))).toEqual([]);
  });

  it('counts anew after a run in which a node became final', () => {
    const job = begun();
    job.send(ended());
    job.send({ type: 'nodeEntered', nodeId: 'a', token: 't2' });
    job.send(ended(2));
    job.send({ type: 'nodeEntered', nodeId: 'a', token: 't3' });
    job.succeed('a');
    expect(recoveries(job.send(ended(3)))).toMatchObject([{ run: 4 }]);
    expect(recoveries(job.send(ended(4)))).toMatchObject([{ run: 5 }]);
  });

  it('when all nodes were entered needs none, and when the job is being cancelled neither', () => {
    const entered = begun();
    entered.enterAll();
    expect(types(entered.send(ended()))).toEqual(['job.workflowEnded']);
    const cleaned = new JobDriver(
      graph([node('a'), node('b', { needs: ['a'], trigger: 'always' })]),
    ).submit();
    cleaned.send({ type: 'nodeEntered', nodeId: 'a' });
    cleaned.start('a');
    cleaned.send({ type: 'cancel', reason: 'enough' });
    expect(types(cleaned.send(ended()))).toContain('job.entered');
    cleaned.fail('a', 'cancelled');
    cleaned.succeed('b');
    expect(cleaned.state.status).toBe('cancelled');
  });

  it('begins the run of then when a new process takes the job over', () => {
    const job = begun();
    job.send(ended());
    const { index, state } = job;
    expect(outstandingEffects({ jobId: 'j', index, state, traceId: 't' }, 9)).toContainEqual(
      expect.objectContaining({ kind: 'startWorkflow', run: 2 }),
    );
  });
});

describe('a node that is given up after its retries', () => {
  function failTwice(failureClass: FailureClass | undefined, attempts = 2): JobEvent[] {
    const job = new JobDriver(graph([node('a', retrying(attempts))])).submit().enterAll();
    const diagnosis = failureClass && diagnosisOf(failureClass);
    let events: JobEvent[] = [];
    for (let attempt = 1; attempt <= attempts && job.node('a').phase !== 'final'; attempt++) {
      const failure = { kind: 'exit', message: 'no' } as const;
      const report = { type: 'attemptFailed', nodeId: 'a', attempt, durationMs: 1, failure } as const;
      events = job.send({ ...report, ...(diagnosis && { diagnosis }) });
      job.send({ type: 'timerDue', nodeId: 'a', attempt: attempt + 1 });
    }
    expect(job.node('a')).toMatchObject({ outcome: 'failed' });
    return events;
  }

  it.each(['network', 'infrastructure', 'resource', 'timeout', 'dependency', 'rate-limit'] as const)(
    'for a failure of class %s is left to a person',
    (failureClass) => {
      const events = failTwice(failureClass);
      expect(types(events)).toEqual([
        'attempt.failed',
        'recovery.initiated',
        'recovery.failed',
        'node.completed',
        'job.completed',
      ]);
      expect(recoveries(events)[1]).toMatchObject({
        ...{ recoveryId: 'a/2/exhausted', nodeId: 'a', attempt: 2, cause: 'exhausted', tried: [] },
        why: expect.stringMatching(new RegExp(`^${failureClass}: `)),
      });
    },
  );

  it.each(['assertion', 'test-code', 'configuration', 'auth', 'unknown', undefined] as const)(
    'for a failure of class %s has failed, as tests do, and no recovery with it',
    (failureClass) => expect(recoveries(failTwice(failureClass))).toEqual([]),
  );

  it('is no failed recovery where it has one attempt', () => {
    expect(recoveries(failTwice('network', 1))).toEqual([]);
  });
});

describe('what is published of a recovery', () => {
  it('says whose it is, of what and why', () => {
    const job = running();
    lose(job);
    expect(effectsOf(job, 'recovery.initiated')).toMatchObject([
      {
        kind: 'publish',
        event: {
          type: 'orchestration.recovery.initiated',
          detail: {
            ...{ jobId: 'j', traceId: 't', recoveryId: 'a/1', nodeId: 'a', attempt: 2 },
            ...{ cause: 'workerLost', strategy: 'reassign', why: 'gone' },
          },
        },
      },
    ]);
    job.start('a');
    expect(effectsOf(job, 'recovery.completed')).toMatchObject([
      { event: { type: 'orchestration.recovery.completed', detail: { recoveryId: 'a/1' } } },
    ]);
  });

  it('asks for a person when it failed, by the escalation path of the deployment', () => {
    const job = running({ lost: 'park' });
    lose(job);
    const escalation = [{ notify: 'qa', afterMinutes: 5 }];
    expect(effectsOf(job, 'recovery.failed', { escalation })).toMatchObject([
      {
        kind: 'publish',
        event: {
          type: 'orchestration.recovery.failed',
          detail: {
            ...{ jobId: 'j', nodeId: 'a', attempt: 1, cause: 'workerLost', tried: [] },
            alert: {
              title: 'Orchestration Recovery Failure',
              severity: 'critical',
              message: 'Manual intervention required',
              description:
                'Recovery of a failed after 1 attempt: recovery.lost is park, and its attempt was lost: gone',
              escalation,
              impact: { nodes: 2, open: 0 },
            },
          },
        },
      },
    ]);
    const [byDefault] = effectsOf(job, 'recovery.failed');
    expect(JSON.stringify(byDefault)).toContain('"notify":"on-call","afterMinutes":0');
  });
});

describe('a job that its graph has undone when it fails', () => {
  const nodes = [node('a', { compensate: 'undo a' }), node('b', { needs: ['a'], ...retrying(2) })];
  const failed = (onFailure: 'rollback' | 'continue' = 'rollback') => {
    const job = new JobDriver(graph(nodes, { onFailure })).submit().enterAll();
    job.succeed('a');
    job.fail('b');
    job.send({ type: 'timerDue', nodeId: 'b', attempt: 2 });
    return job;
  };
  const report = { nodeId: 'a', attempt: 2, durationMs: 1 };
  const failure = { kind: 'exit', message: 'no' } as const;
  const network = { type: 'attemptFailed', nodeId: 'b', attempt: 2, durationMs: 1, failure } as const;

  it('is recovered by the rollback, and by nothing else', () => {
    const job = failed();
    const begun = job.send({ ...network, diagnosis: diagnosisOf('network') });
    const recoveryId = `rollback-${job.now}`;
    expect(recoveries(begun)).toEqual([
      {
        ...{ type: 'recovery.initiated', recoveryId, cause: 'jobFailed', strategy: 'rollback' },
        why: 'node b failed',
      },
    ]);
    job.now += 40;
    const events = job.send({ type: 'attemptSucceeded', ...report, outputs: {} });
    expect(types(events).slice(-3)).toEqual(['rollback.completed', 'recovery.completed', 'job.completed']);
    expect(recoveries(events)).toEqual([
      { type: 'recovery.completed', recoveryId, strategy: 'rollback', durationMs: 40 },
    ]);
    expect(job.state).not.toHaveProperty('undoing');
  });

  it('is not where something could not be undone, which asks for a person', () => {
    const job = failed();
    job.send(network);
    const diagnosis = diagnosisOf('configuration', 0.99);
    const events = job.send({ type: 'attemptFailed', ...report, failure, diagnosis });
    expect(recoveries(events)).toMatchObject([
      {
        ...{ type: 'recovery.failed', cause: 'jobFailed', tried: ['rollback'] },
        why: 'could not be undone: a',
      },
    ]);
    expect(effectsOf(job, 'recovery.failed')).toMatchObject([
      { event: { detail: { alert: { description: 'Recovery of the job failed: could not be undone: a' } } } },
    ]);
  });

  it('learns the end of its recovery from its own where a crash has cut that of the rollback off', () => {
    const job = failed();
    job.send(network);
    const events = job.send({ type: 'attemptSucceeded', ...report, outputs: {} });
    const torn = new JobDriver(graph(nodes, { onFailure: 'rollback' }));
    const decider = jobDecider(torn.index);
    const until = job.events.findIndex(({ event }) => event.type === 'rollback.completed') + 1;
    for (const { event, at } of job.events.slice(0, until)) decider.evolve(torn.state, event, at);
    const settled = decider.decide(torn.state, {
      ...{ type: 'settle', conditions: new Map(), at: job.now, random: 0 },
    });
    expect(types(settled)).toEqual(['recovery.completed', 'job.completed']);
    expect(types(events)).toContain('recovery.completed');
  });

  it('that a person has undone is no recovery', () => {
    const job = failed('continue');
    job.send(network);
    expect(recoveries(job.send({ type: 'rollback', reason: 'asked' }))).toEqual([]);
    const events = job.send({ type: 'attemptSucceeded', ...report, outputs: {} });
    expect(types(events)).toContain('rollback.completed');
    expect(recoveries(events)).toEqual([]);
  });
});
