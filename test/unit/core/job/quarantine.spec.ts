import { nodeHash } from '../../../../lib/core/history/durations';
import type { Quarantine } from '../../../../lib/core/history/evidence';
import { testKey } from '../../../../lib/core/history/test-key';
import type { TestId, TestSummary } from '../../../../lib/core/model/test-results';
import { graph, JobDriver, node, retrying } from '../../../support/job-driver';

const test = (title: string): TestId => ({ runner: 'jest', file: 'cart.spec.ts', suites: ['Cart'], title });
const failed = (...tests: readonly TestId[]): TestSummary => ({
  counts: { passed: 3, failed: tests.length, skipped: 0, unfinished: 0, flaky: 0 },
  ...{ failed: tests, unlisted: 0, problems: [] },
});

function quarantine(id: string, rest: Partial<Quarantine> = {}): Quarantine {
  return {
    ...{ id, of: 'test', name: 'Cart > adds', owner: 'team-cart', reason: 'races', by: 'ana' },
    ...{ createdAt: 0, expiresAt: 5_000 },
    ...rest,
  };
}

function jobOf(attempts = 1): JobDriver {
  const job = new JobDriver(graph([node('a', retrying(attempts)), node('b', { needs: ['a'] })]));
  return job.submit().enterAll();
}

const ofA = (job: JobDriver) => job.node('a');

describe('a node whose failed tests are all quarantined', () => {
  const tests = failed(test('adds'), test('removes'));
  const quarantines = [quarantine(testKey(test('adds'))), quarantine(testKey(test('removes')))];

  it('succeeds with a warning that names them, whom they belong to and why, and what needs it goes on', () => {
    const job = jobOf();
    const events = job.fail('a', 'exit', { tests, evidence: { ofSignature: [], quarantines } });
    expect(events).toContainEqual({
      type: 'node.completed',
      data: {
        ...{ nodeId: 'a', outcome: 'succeeded', attempts: 1, quarantines: quarantines.map(({ id }) => id) },
        why: 'one attempt is all it has',
        warning: expect.stringContaining(
          'test Cart > adds (team-cart, until 1970-01-01T00:00:05.000Z: races)',
        ),
      },
    });
    expect(ofA(job)).toMatchObject({ outcome: 'succeeded', warning: expect.stringContaining('quarantined') });
    expect(job.ready()).toEqual(['b']);
  });

  it('is tried as often as any other before that', () => {
    const job = jobOf(2);
    job.fail('a', 'exit', { tests, evidence: { ofSignature: [], quarantines } });
    expect(ofA(job).phase).toBe('backoff');
  });

  it('fails once one of them has expired, and says so', () => {
    const [one] = quarantines as [Quarantine];
    const expired = [one, quarantine(testKey(test('removes')), { expiresAt: 1_000 })];
    const job = jobOf();
    job.fail('a', 'exit', { tests, evidence: { ofSignature: [], quarantines: expired } });
    expect(ofA(job)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/has expired: exit!$/),
    });
  });

  it.each([
    ['another test failed', failed(test('adds'), test('sums'))],
    ['more failed than the report names', { ...failed(test('adds')), unlisted: 1 }],
    ['something failed that is no test', { ...failed(test('adds')), problems: ['cannot load cart.spec.ts'] }],
    ['no test failed', failed()],
  ])('fails where %s', (_, others) => {
    const job = jobOf();
    job.fail('a', 'exit', { tests: others, evidence: { ofSignature: [], quarantines } });
    expect(ofA(job)).toMatchObject({ outcome: 'failed', reason: 'exit!' });
  });

  it('fails where it ran out of time: its report is not whole', () => {
    const job = jobOf();
    job.fail('a', 'timeout', { tests, evidence: { ofSignature: [], quarantines } });
    expect(ofA(job)).toMatchObject({ outcome: 'failed' });
  });
});

describe('a node that is quarantined itself', () => {
  const own = (rest: Partial<Quarantine> = {}) => ({
    evidence: { ofSignature: [], quarantines: [quarantine(nodeHash(node('a')), { of: 'node', ...rest })] },
  });

  it('succeeds with a warning, however it failed', () => {
    const job = jobOf();
    job.fail('a', 'timeout', own());
    expect(ofA(job)).toMatchObject({ outcome: 'succeeded' });
    expect(job.node('b').phase).toBe('ready');
  });

  it('fails from the moment on that it expires', () => {
    const job = jobOf();
    job.fail('a', 'exit', own({ expiresAt: job.now }));
    expect(ofA(job)).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('has expired') });
  });

  it('is cancelled like any other', () => {
    const job = jobOf();
    job.start('a');
    job.send({ type: 'cancel', reason: 'enough' });
    job.fail('a', 'cancelled', own());
    expect(ofA(job)).toMatchObject({ outcome: 'cancelled' });
  });
});

describe('a node whose failure its graph allows', () => {
  const jobOfAllowed = (attempts = 1) => {
    const nodes = [node('a', { allowFailure: true, ...retrying(attempts) }), node('b', { needs: ['a'] })];
    return new JobDriver(graph(nodes, { onFailure: 'fail-fast' })).submit().enterAll();
  };

  it('succeeds with a warning, what needs it goes on, and so may the job', () => {
    const job = jobOfAllowed();
    job.fail('a');
    expect(ofA(job)).toMatchObject({
      outcome: 'succeeded',
      warning: 'failed, which its graph allows: exit!',
    });
    expect(job.ready()).toEqual(['b']);
    job.succeed('b');
    expect(job.state.status).toBe('succeeded');
  });

  it('is tried as often as any other before that', () => {
    const job = jobOfAllowed(2);
    job.fail('a');
    expect(ofA(job).phase).toBe('backoff');
  });

  it('may have its time run out, and keeps to a quarantine that has expired no more than to any', () => {
    const job = jobOfAllowed();
    const quarantines = [quarantine(testKey(test('adds')), { expiresAt: 1 })];
    job.fail('a', 'timeout', { tests: failed(test('adds')), evidence: { ofSignature: [], quarantines } });
    expect(ofA(job)).toMatchObject({
      outcome: 'succeeded',
      warning: expect.stringContaining('allows: timeout!'),
    });
  });

  it('is cancelled all the same, and fails where its worker is lost for good', () => {
    const cancelled = jobOfAllowed();
    cancelled.start('a');
    cancelled.send({ type: 'cancel', reason: 'enough' });
    cancelled.fail('a', 'cancelled');
    expect(ofA(cancelled)).toMatchObject({ outcome: 'cancelled' });
    const recovery = { lost: 'reassign', losses: 1, restartWithinMs: 1 } as const;
    const lost = new JobDriver(graph([node('a', { allowFailure: true, recovery })])).submit().enterAll();
    lost.start('a');
    lost.send({ type: 'attemptLost', nodeId: 'a', attempt: 1, reason: 'gone' });
    expect(ofA(lost)).toMatchObject({ outcome: 'failed' });
  });
});
