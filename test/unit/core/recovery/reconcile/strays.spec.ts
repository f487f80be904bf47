import { initialDependency } from '../../../../../lib/core/dependency/state';
import {
  jobsOf,
  reconcileDependency,
  reconcileExecution,
  reconcileTrigger,
  reconcileUnknown,
} from '../../../../../lib/core/recovery/reconcile/strays';
import { graph, node } from '../../../../support/job-driver';
import { brief, GRACE, HOUR, SightedDriver } from './sighted-job';

const two = graph([node('a'), node('b', { needs: ['a'] })]);
const done = (nodeId: string) =>
  ({ type: 'attemptSucceeded', nodeId, attempt: 1, durationMs: 5, outputs: {} }) as const;

describe('an execution that runs', () => {
  const found = (driver: SightedDriver | undefined, startedAt = 0, now = driver?.now ?? 2 * HOUR) => {
    const execution = { id: 'arn', jobId: 'j', startedAt };
    return reconcileExecution(execution, driver?.sighted().job, { now, graceMs: GRACE }).map(brief);
  };
  const over = () =>
    new SightedDriver(two)
      .begin()
      .tell(done('a'))
      .tell(done('b'))
      .tell({ type: 'outcomeAwaited', token: 'outcome' });

  it('of a job that runs is as it should be', () => {
    expect(found(new SightedDriver(two).begin().pass(HOUR))).toEqual([]);
  });

  it('of a job that has just ended is about to end', () => {
    expect(found(over())).toEqual([]);
  });

  it('of a job that is over hears all answers once more', () => {
    const answers = ['answerOutcome', 'answerNode', 'answerNode'];
    expect(found(over().pass(GRACE + 1))).toEqual(answers.map((each) => `answerLost: ${each}`));
  });

  it('of a job that is over is stopped where no answer helps', () => {
    expect(found(over().pass(2 * HOUR))).toEqual(['strayExecution: stopExecution']);
  });

  it('of a job that was cancelled is stopped', () => {
    const cancelled = new SightedDriver(two)
      .tell({ type: 'admit' })
      .tell({ type: 'cancel', reason: 'x' })
      .pass(GRACE + 1);
    expect(found(cancelled)).toEqual(['strayExecution: stopExecution']);
  });

  it('of no job is stopped after an hour, in which its job may still be read late', () => {
    expect(found(undefined, 0, HOUR / 2)).toEqual([]);
    expect(found(undefined)).toEqual(['strayExecution: stopExecution']);
  });

  it('that a later run began is left alone, and so is one that is not ours', () => {
    const driver = over().pass(2 * HOUR);
    expect(found(driver, driver.now - 1)).toEqual([]);
    const foreign = { id: 'arn', jobId: undefined, startedAt: 0 };
    expect(reconcileExecution(foreign, undefined, { now: 9 * HOUR, graceMs: GRACE })).toEqual([]);
  });
});

describe('a trigger', () => {
  const repairs = (status: 'running' | 'failed' | undefined, since: number | undefined, now: number) =>
    reconcileTrigger(
      't',
      { running: ['j'] },
      { fired: [{ jobId: 'j', status, since }], patience: { now, graceMs: GRACE } },
    ).map(brief);

  it('hears of the end of its job, and not while it may be on its way', () => {
    expect(repairs('failed', 0, GRACE + 1)).toEqual(['endUntold: trigger jobEnded']);
    expect(repairs('failed', 0, GRACE)).toEqual([]);
    expect(repairs('running', undefined, HOUR)).toEqual([]);
  });

  it('hears of a job that was never submitted when no queue can still hold it', () => {
    expect(repairs(undefined, 0, 24 * HOUR)).toEqual([]);
    expect(repairs(undefined, 0, 40 * HOUR)).toEqual(['submissionLost: trigger jobRefused']);
    expect(repairs(undefined, undefined, 40 * HOUR)).toEqual([]);
  });

  it('hears nothing of a job that it does not wait for', () => {
    const fired = [{ jobId: 'j', status: 'failed' as const, since: 0 }];
    expect(reconcileTrigger('t', { running: [] }, { fired, patience: { now: HOUR, graceMs: 1 } })).toEqual(
      [],
    );
  });
});

it('a dependency that is open past its time is told that it is over', () => {
  const open = { ...initialDependency(), status: 'open' as const, openUntil: 1_000 };
  const at = (now: number, state = open) => reconcileDependency('pay', state, { now, graceMs: GRACE });
  expect(at(1_000 + GRACE)).toEqual([]);
  expect(at(1_001 + GRACE).map(({ effect }) => effect)).toEqual([
    { kind: 'send', to: { kind: 'dependency', id: 'pay' }, message: { type: 'due', until: 1_000 } },
  ]);
  expect(at(HOUR, { ...open, status: 'closed' as never })).toEqual([]);
});

it('a pool lets go of a job that is in no journal', () => {
  const { pool } = new SightedDriver(two).begin();
  expect([...jobsOf(pool)]).toEqual(['j']);
  expect(reconcileUnknown('default', pool, 'j').map(brief)).toEqual([
    'overUntold: pool jobOver',
    'zombieLease: pool workReleased',
  ]);
  expect(reconcileUnknown('default', pool, 'k')).toEqual([]);
});
