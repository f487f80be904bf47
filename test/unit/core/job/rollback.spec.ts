import { jobEffects } from '../../../../lib/core/job/effects';
import type { JobEvent } from '../../../../lib/core/job/events';
import { planRollback } from '../../../../lib/core/job/rollback-plan';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import type { Diagnosis } from '../../../../lib/core/model/failure';
import { present } from '../../../../lib/core/model/present';
import { DEFAULT_RECOVERY } from '../../../../lib/core/model/recovery';
import { outstandingEffects } from '../../../../lib/core/recovery/outstanding';
import { graph, JobDriver, node, retrying } from '../../../support/job-driver';
import { diagnosisOf } from '../../../support/retry-facts';

const undo = (id: string) => ({ compensate: `undo ${id}` });

/** db <- deploy <- test, and seed beside deploy. All but the test say how they are undone. */
const SHOP = [
  node('db', { ...undo('db'), work: { kind: 'command', run: 'run db', secrets: ['TOKEN'] } }),
  node('deploy', { ...undo('deploy'), needs: ['db'], ...retrying(2) }),
  node('seed', { ...undo('seed'), needs: ['db'] }),
  node('test', { needs: ['deploy', 'seed'] }),
];

function shop(onFailure: 'rollback' | 'continue' = 'rollback'): JobDriver {
  const job = new JobDriver(graph(SHOP, { onFailure })).submit().enterAll();
  job.succeed('db', { id: 'db-7' });
  job.succeed('deploy');
  job.succeed('seed');
  return job;
}

/** What has happened, as `type node`, of rollbacks and of the job. */
function told(events: readonly JobEvent[]): string[] {
  return events
    .filter(({ type }) => type.startsWith('rollback.') || type.startsWith('job.'))
    .map(({ type, data }) => ('nodeId' in data ? `${type} ${data.nodeId}` : type));
}

const report = (job: JobDriver, nodeId: string) => ({ nodeId, attempt: job.step(nodeId).attempt });
const undone = (job: JobDriver, nodeId: string) =>
  job.send({ type: 'attemptSucceeded', ...report(job, nodeId), durationMs: 3, outputs: {} });
const notUndone = (job: JobDriver, nodeId: string, diagnosis?: Diagnosis) =>
  job.send({
    ...{ type: 'attemptFailed', ...report(job, nodeId), durationMs: 3 },
    failure: { kind: 'exit', message: 'exit status 7' },
    ...present({ diagnosis }),
  });
/** In a way that no other try mends. */
const notUndoneForGood = (job: JobDriver, nodeId: string) =>
  notUndone(job, nodeId, diagnosisOf('configuration', 0.99));

describe('a job with `onFailure: rollback`', () => {
  it('undoes what has succeeded when a node fails for good, dependents first, and ends as failed', () => {
    const job = shop();
    expect(told(job.fail('test'))).toEqual([
      'rollback.started',
      'rollback.stepReady seed',
      'rollback.stepReady deploy',
    ]);
    expect(told(undone(job, 'deploy'))).toEqual(['rollback.stepSucceeded deploy']);
    expect(told(undone(job, 'seed'))).toEqual(['rollback.stepSucceeded seed', 'rollback.stepReady db']);
    expect(undone(job, 'db')).toEqual([
      { type: 'rollback.stepSucceeded', data: { nodeId: 'db', attempt: 2, durationMs: 3 } },
      { type: 'rollback.completed', data: { undone: ['seed', 'deploy', 'db'], parked: [] } },
      expect.objectContaining({ type: 'recovery.completed' }),
      { type: 'job.completed', data: { status: 'failed' } },
    ]);
    expect(job.outcomes()).toEqual({
      db: 'succeeded',
      deploy: 'succeeded',
      seed: 'succeeded',
      test: 'failed',
    });
    expect(SHOP.map(({ id }) => job.node(id).rollback)).toEqual(['undone', 'undone', 'undone', undefined]);
  });

  it('lets what survives fail-fast run first, cancels the rest, and undoes what succeeds meanwhile', () => {
    const nodes = [
      node('a', undo('a')),
      node('slow', undo('slow')),
      node('bad'),
      node('never', { needs: ['slow'] }),
      node('report', { needs: ['bad'], trigger: 'always' }),
    ];
    const job = new JobDriver(graph(nodes, { onFailure: 'rollback' })).submit().enterAll();
    job.succeed('a');
    job.start('slow');
    expect(job.fail('bad')).toContainEqual({
      type: 'attempt.cancelRequested',
      data: { nodeId: 'slow', attempt: 1, reason: 'rollback: bad failed' },
    });
    // It was faster than its cancellation.
    expect(told(job.succeed('slow'))).toEqual([]);
    expect(told(job.succeed('report'))).toEqual([
      'rollback.started',
      'rollback.stepReady slow',
      'rollback.stepReady a',
    ]);
    expect(job.outcomes()).toMatchObject({ slow: 'succeeded', never: 'cancelled', report: 'succeeded' });
  });

  it('ends at once where nothing is to be undone', () => {
    const job = new JobDriver(graph([node('a'), node('b', undo('b'))], { onFailure: 'rollback' }));
    job.submit().enterAll();
    job.succeed('a');
    expect(told(job.fail('b'))).toEqual(['job.completed']);
  });

  it('undoes what was done when its deadline passes, and not when a person cancels it', () => {
    const [late, cancelled] = [shop(), shop()];
    late.send({ type: 'deadlineDue' });
    expect(told(late.fail('test', 'cancelled'))).toContain('rollback.started');
    cancelled.send({ type: 'cancel', reason: 'r' });
    expect(told(cancelled.fail('test', 'cancelled'))).toEqual(['job.completed']);
  });

  it('is not stopped by a cancellation, nor led astray by a retry, once it undoes', () => {
    const job = shop();
    job.fail('test');
    expect(job.send({ type: 'cancel', reason: 'r' })).toEqual([]);
    expect(job.send({ type: 'deadlineDue' })).toEqual([]);
    expect(job.send({ type: 'rollback', reason: 'r' })).toEqual([]);
    expect(told(job.send({ type: 'retry', reason: 'r' }))).toEqual(['job.retryRefused']);
  });
});

describe('a step', () => {
  it('is tried again as the policy of its node says, five times at least, and given up with a reason; the others go on', () => {
    const job = shop();
    job.fail('test');
    job.now = 5_000;
    for (const [n, delayMs] of [100, 200, 400, 800].entries()) {
      expect(notUndone(job, 'deploy')).toEqual([
        expect.objectContaining({ type: 'rollback.stepFailed' }),
        {
          type: 'rollback.stepScheduled',
          data: expect.objectContaining({
            nodeId: 'deploy',
            attempt: 3 + n,
            delayMs,
            dueAt: 5_000 + delayMs,
          }),
        },
      ]);
      expect(told(job.send({ type: 'timerDue', nodeId: 'deploy', attempt: 3 + n }))).toEqual([
        'rollback.stepReady deploy',
      ]);
    }
    expect(notUndone(job, 'deploy')).toContainEqual({
      type: 'rollback.stepGivenUp',
      data: expect.objectContaining({ nodeId: 'deploy', attempts: 5, why: 'all 5 attempts failed' }),
    });
    undone(job, 'seed');
    expect(undone(job, 'db').find(({ type }) => type === 'rollback.completed')).toEqual({
      type: 'rollback.completed',
      data: { undone: ['seed', 'db'], parked: ['deploy'] },
    });
    expect(job.node('deploy').rollback).toBe('parked');
  });

  it('waits for what is outside to be well again, for five minutes from the first failure on', () => {
    const job = shop();
    job.fail('test');
    const began = job.now;
    for (let tries = 1; job.node('deploy').rollback === undefined; tries++) {
      if (tries > 50) throw new Error('it never ends');
      notUndone(job, 'deploy', diagnosisOf('dependency'));
      const { phase, dueAt, attempt } = job.step('deploy');
      if (phase !== 'backoff') break;
      job.now = dueAt ?? 0;
      job.send({ type: 'timerDue', nodeId: 'deploy', attempt: attempt + 1 });
    }
    expect(job.node('deploy').rollback).toBe('parked');
    expect(job.now - began).toBeGreaterThan(240_000);
    expect(job.now - began).toBeLessThanOrEqual(300_000);
    expect(job.step('deploy').made).toBeLessThanOrEqual(5 + 10);
  });

  it('is given up once no worker takes it fifteen times, which are no losses', () => {
    const job = shop();
    job.fail('test');
    const refused = () =>
      job.send({
        type: 'attemptLost',
        ...report(job, 'deploy'),
        reason: 'w1 did not take it',
        cause: 'refused',
      });
    for (let n = 1; n < 15; n++) expect(told(refused()).at(-1)).toBe('rollback.stepReady deploy');
    expect(job.step('deploy')).toMatchObject({ losses: 0, refusals: 14 });
    expect(refused()).toContainEqual(
      expect.objectContaining({
        data: expect.objectContaining({ why: 'was taken by no worker 15 times, last: w1 did not take it' }),
      }),
    );
  });

  it('spends nothing of its budget when its worker is lost or gives it back, and has so many workers', () => {
    const job = shop();
    job.fail('test');
    for (let lost = 1; lost < DEFAULT_RECOVERY.losses; lost++) {
      const failure = { kind: 'cancelled', message: 'gone' } as const;
      job.send({ type: 'attemptStarted', ...report(job, 'deploy'), workerId: 'w' });
      const events =
        lost % 2 === 0
          ? job.send({ type: 'attemptLost', ...report(job, 'deploy'), reason: 'gone' })
          : job.send({ type: 'attemptFailed', ...report(job, 'deploy'), durationMs: 1, failure });
      expect(told(events)).toEqual(['rollback.stepLost deploy', 'rollback.stepReady deploy']);
    }
    expect(told(job.send({ type: 'attemptLost', ...report(job, 'deploy'), reason: 'gone' }))).toEqual([
      'rollback.stepLost deploy',
      'rollback.stepGivenUp deploy',
    ]);
  });

  it('notes once what an attempt reports that was given up, and goes on as it was', () => {
    const job = shop();
    job.fail('test');
    const first = report(job, 'deploy');
    job.send({ type: 'attemptLost', ...first, reason: 'gone' });
    const before = job.step('deploy');
    const late = { type: 'attemptSucceeded', ...first, durationMs: 1, outputs: {} } as const;
    expect(job.send(late)).toEqual([{ type: 'attempt.ignored', data: { ...first, report: 'succeeded' } }]);
    expect(job.send(late)).toEqual([]);
    expect(job.step('deploy')).toEqual(before);
    expect(job.state.status).toBe('running');
  });

  it('draws nothing from reports that are early, or of the node itself', () => {
    const job = shop();
    job.fail('test');
    job.send({ type: 'attemptLost', ...report(job, 'deploy'), reason: 'gone' });
    for (const attempt of [1, 4]) {
      const late = {
        type: 'attemptSucceeded',
        nodeId: 'deploy',
        attempt,
        durationMs: 1,
        outputs: {},
      } as const;
      expect(job.send(late)).toEqual([]);
      expect(job.send({ type: 'timerDue', nodeId: 'deploy', attempt })).toEqual([]);
    }
    undone(job, 'deploy');
    const again = {
      type: 'attemptSucceeded',
      nodeId: 'deploy',
      attempt: 3,
      durationMs: 1,
      outputs: {},
    } as const;
    expect(job.send(again)).toEqual([]);
  });

  it('is offered as work of its node, with what that handed on, later ones first', () => {
    const job = shop();
    job.fail('test');
    undone(job, 'deploy');
    undone(job, 'seed');
    const offered = effectsOf(job).flatMap((effect) =>
      effect.kind === 'send' && effect.message.type === 'workOffered' ? [effect.message.work] : [],
    );
    expect(offered).toEqual([
      expect.objectContaining({ nodeId: 'db', attempt: 2, timeoutMs: 60_000, readyAt: 1_000 }),
    ]);
    expect(offered[0]?.work).toEqual({
      ...{ kind: 'command', run: 'undo db', secrets: ['TOKEN'] },
      compensates: { attempt: 1, outputs: { id: 'db-7' } },
    });
    const ranks = outstanding(shopAtRollback()).map(({ rank }) => rank);
    expect(ranks[0]).toBeGreaterThan(ranks[1] as number);
  });

  it('is offered again by whoever takes the job over', () => {
    const job = shopAtRollback();
    notUndone(job, 'deploy');
    expect(outstanding(job).map(({ nodeId, attempt }) => [nodeId, attempt])).toEqual([['seed', 2]]);
    const timers = effectsAfterCrash(job).filter(({ kind }) => kind === 'timer');
    expect(timers).toEqual([
      expect.objectContaining({ message: { type: 'timerDue', nodeId: 'deploy', attempt: 3 } }),
    ]);
  });
});

describe('a person who has a job rolled back', () => {
  it('undoes a job that is over; one that had succeeded counts as cancelled then', () => {
    const job = shop('continue');
    job.succeed('test');
    expect(job.state.status).toBe('succeeded');
    expect(told(job.send({ type: 'rollback', reason: 'wrong branch' }))).toEqual([
      'rollback.started',
      'rollback.stepReady seed',
      'rollback.stepReady deploy',
    ]);
    expect(job.state.status).toBe('running');
    for (const id of ['seed', 'deploy', 'db']) undone(job, id);
    expect(job.state.status).toBe('cancelled');
    expect(job.send({ type: 'rollback', reason: 'again' })).toEqual([]);
  });

  it('keeps what was complete at a checkpoint', () => {
    const job = shop('continue');
    job.fail('test');
    const checkpoint = job.node('deploy');
    const to = checkpoint.phase === 'final' ? checkpoint.finishedSeq : Number.NaN;
    expect(job.send({ type: 'rollback', reason: 'r', to })[0]).toEqual({
      type: 'rollback.started',
      data: { reason: 'r', to, nodes: ['seed'] },
    });
    undone(job, 'seed');
    expect(job.state.status).toBe('failed');
    // What is left can go later.
    expect(job.send({ type: 'rollback', reason: 'r' })[0]?.data).toMatchObject({ nodes: ['deploy', 'db'] });
  });

  it('cancels a job that runs, even one that is paused, and undoes it when it has come to rest', () => {
    const job = shop('continue');
    job.start('test');
    job.send({ type: 'pause', reason: 'p' });
    expect(told(job.send({ type: 'rollback', reason: 'r' }))).toEqual([
      'rollback.requested',
      'job.cancelRequested',
      'job.unpaused',
    ]);
    expect(job.send({ type: 'rollback', reason: 'r' })).toEqual([]);
    expect(told(job.fail('test', 'cancelled'))).toContain('rollback.started');
    for (const id of ['seed', 'deploy', 'db']) undone(job, id);
    expect(job.state.status).toBe('cancelled');
  });

  it('has what is parked tried again', () => {
    const job = shop();
    job.fail('test');
    undone(job, 'deploy');
    notUndoneForGood(job, 'seed');
    undone(job, 'db');
    expect(job.send({ type: 'rollback', reason: 'mended' })[0]?.data).toMatchObject({ nodes: ['seed'] });
    expect(job.step('seed')).toMatchObject({ attempt: 3, made: 1 });
    undone(job, 'seed');
    expect([job.state.status, job.node('seed').rollback]).toEqual(['failed', 'undone']);
  });

  it('runs what was undone again when the job is resumed, with numbers of attempts of its own', () => {
    const job = shop();
    job.fail('test');
    for (const id of ['seed', 'deploy', 'db']) undone(job, id);
    const resumed = job.send({ type: 'resume', reason: 'r' })[0];
    expect(resumed?.data).toMatchObject({ nodes: ['db', 'deploy', 'seed', 'test'] });
    job.enterAll();
    expect(job.node('db')).toMatchObject({ phase: 'ready', attempt: 3, compensations: 1 });
    expect(job.node('db').rollback).toBeUndefined();
    for (const id of ['db', 'deploy', 'seed', 'test']) job.succeed(id);
    expect(job.state.status).toBe('succeeded');
  });

  it('does not run again what succeeded and has nothing to undo, though what it ran against is another one', () => {
    const job = shop();
    job.succeed('test');
    job.send({ type: 'rollback', reason: 'r' });
    for (const id of ['seed', 'deploy', 'db']) undone(job, id);
    const resumed = job.send({ type: 'resume', reason: 'r' })[0];
    expect(resumed?.data).toMatchObject({ nodes: ['db', 'deploy', 'seed'] });
    job.enterAll();
    for (const id of ['db', 'deploy', 'seed']) job.succeed(id);
    expect(job.state.status).toBe('succeeded');
  });
});

describe('a fan-out', () => {
  const nodes = [
    node('envs', {
      forEach: 'list',
      compensate: 'drop {{ item }} {{ index1 }}',
      work: { kind: 'command', run: 'make {{ item }}' },
    }),
    node('test', { needs: ['envs'] }),
  ];
  const items = (id: string) => (id === 'envs' ? { items: ['eu', 'us'] } : { holds: true });

  it('is undone item by item, each with its own item, and runs again as a whole', () => {
    const job = new JobDriver(graph(nodes, { onFailure: 'rollback' }), items).submit().enterAll();
    job.succeed('envs-1');
    job.succeed('envs-2');
    job.fail('test');
    expect(outstanding(job).map(({ work }) => work)).toEqual([
      {
        ...{ kind: 'command', run: 'drop "${REPRISE_ITEM?}" 2', variables: { REPRISE_ITEM: 'us' } },
        compensates: { attempt: 1, outputs: {} },
      },
      expect.objectContaining({ run: 'drop "${REPRISE_ITEM?}" 1', variables: { REPRISE_ITEM: 'eu' } }),
    ]);
    undone(job, 'envs-1');
    undone(job, 'envs-2');
    expect(job.state.status).toBe('failed');
    const resumed = job.send({ type: 'resume', reason: 'r' })[0];
    expect(resumed?.data).toMatchObject({ nodes: ['envs', 'test', 'envs-1', 'envs-2'] });
  });
});

describe('what a rollback would undo', () => {
  it('is listed in the order in which one slot undoes it, and nothing happens', () => {
    const job = shop('continue');
    job.succeed('test');
    const before = JSON.stringify([...job.state.nodes]);
    const plan = (to?: number) => {
      const order = to === undefined ? { reason: 'r' } : { reason: 'r', to };
      return planRollback(job.index, job.state, order).map(({ id }) => id);
    };
    expect(plan()).toEqual(['seed', 'deploy', 'db']);
    expect(plan(job.state.seq)).toEqual([]);
    expect(JSON.stringify([...job.state.nodes])).toBe(before);
  });
});

function shopAtRollback(): JobDriver {
  const job = shop();
  job.fail('test');
  return job;
}

const contextOf = ({ index, state }: JobDriver) => ({ jobId: 'j', index, state, traceId: 't' });

/** Effects of everything that has happened, derived late. */
function effectsOf(job: JobDriver) {
  return job.events.flatMap(({ event, at }, i) =>
    jobEffects(contextOf(job), { ...event, at, stream: 'job/j', seq: i + 1 } as Recorded<JobEvent>),
  );
}

function effectsAfterCrash(job: JobDriver) {
  return outstandingEffects(contextOf(job), job.state.seq);
}

/** Attempts that a new process offers. */
function outstanding(job: JobDriver) {
  return effectsAfterCrash(job).flatMap((effect) =>
    effect.kind === 'send' && effect.message.type === 'workOffered' ? [effect.message.work] : [],
  );
}
