import { jobEffects } from '../../../../lib/core/job/effects';
import type { JobEvent } from '../../../../lib/core/job/events';
import { rerunOf } from '../../../../lib/core/job/rerun';
import { freezeJob, thawJob } from '../../../../lib/core/job/snapshot';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import type { TestId, TestSummary } from '../../../../lib/core/model/test-results';
import { graph, JobDriver, node, retrying } from '../../../support/job-driver';

const id = (title: string): TestId => ({ runner: 'jest', file: 'a.test.js', suites: [], title });
const summary = (failed: readonly TestId[], over: Partial<TestSummary> = {}): TestSummary => ({
  counts: { passed: 3, failed: failed.length, skipped: 0, unfinished: 0, flaky: 0 },
  ...{ failed, unlisted: 0, problems: [] },
  ...over,
});

const begun = () => {
  const job = new JobDriver(graph([node('a', retrying(4))])).submit().enterAll();
  job.start('a');
  return job;
};

/** What the pool is offered for the attempt that is ready. */
function offered({ index, state, events }: JobDriver) {
  const at = events.map(({ event }) => event.type).lastIndexOf('node.ready');
  const { event, at: time } = events[at] ?? {};
  const recorded = { ...event, stream: 'job/j', seq: at + 1, at: time } as Recorded<JobEvent>;
  const [effect] = jobEffects({ jobId: 'j', index, state, traceId: 't' }, recorded);
  return effect?.kind === 'send' && effect.message.type === 'workOffered' ? effect.message.work : undefined;
}

const retryOf = (events: readonly JobEvent[]) =>
  events.find(({ type }) => type === 'node.retryScheduled')?.data;

function goOn(job: JobDriver): void {
  job.send({ type: 'timerDue', nodeId: 'a', attempt: job.node('a').attempt + 1 });
}

describe('the next attempt of a node whose tests failed', () => {
  it('runs those alone, and says so in the journal and to the pool', () => {
    const job = begun();
    expect(retryOf(job.fail('a', 'exit', { tests: summary([id('t')]) }))).toMatchObject({
      tests: [id('t')],
      why: expect.stringContaining('only the test that failed'),
    });
    goOn(job);
    expect(offered(job)).toMatchObject({ attempt: 2, tests: [id('t')] });
  });

  it.each([
    ['it has no reports', undefined],
    ['no test is named', summary([])],
    ['more failed than are named', summary([id('t')], { unlisted: 1 })],
    ['something failed outside of tests', summary([id('t')], { problems: ['b.test.js does not load'] })],
  ])('runs whole where %s', (_, tests) => {
    expect(rerunOf(tests)).toBeUndefined();
    const job = begun();
    expect(retryOf(job.fail('a', 'exit', tests && { tests }))).not.toHaveProperty('tests');
    goOn(job);
    expect(offered(job)).not.toHaveProperty('tests');
  });

  it('runs whole where all of its tests failed, but for a rerun, which ran no others', () => {
    const counts = { passed: 0, failed: 1, skipped: 0, unfinished: 0, flaky: 0 };
    const rerun = { asked: 1, scope: 'tests', why: 'by name' } as const;
    expect(rerunOf(summary([id('t')], { counts }))).toBeUndefined();
    expect(rerunOf(summary([id('t')], { counts, rerun }))).toEqual([id('t')]);
  });

  it('runs whole after a rerun that proved nothing', () => {
    const job = begun();
    job.fail('a', 'exit', { tests: summary([id('t')]) });
    goOn(job);
    job.start('a');
    const tests = summary([id('t')], { problems: ['of 1 tests to run again it proves nothing for t'] });
    job.fail('a', 'exit', { tests });
    goOn(job);
    expect(offered(job)).toMatchObject({ attempt: 3 });
    expect(offered(job)).not.toHaveProperty('tests');
  });

  it('runs the same tests when a worker was lost with them', () => {
    const job = begun();
    job.fail('a', 'exit', { tests: summary([id('t')]) });
    goOn(job);
    job.send({ type: 'attemptLost', nodeId: 'a', attempt: 2, reason: 'gone' });
    expect(offered(job)).toMatchObject({ attempt: 3, tests: [id('t')] });
  });

  it('is known after a snapshot, and forgotten with the end of the node', () => {
    const job = begun();
    job.fail('a', 'exit', { tests: summary([id('t')]) });
    const frozen = JSON.parse(JSON.stringify(freezeJob(job.state)));
    expect(thawJob(frozen).nodes[0]?.retry?.tests).toEqual([id('t')]);
    goOn(job);
    job.succeed('a');
    expect(job.node('a')).not.toHaveProperty('retry');
  });

  it('runs whole when the job is resumed', () => {
    const job = new JobDriver(graph([node('a', retrying(2))])).submit().enterAll();
    job.fail('a', 'exit', { tests: summary([id('t')]) });
    goOn(job);
    job.fail('a', 'exit', { tests: summary([id('t')]) });
    job.send({ type: 'resume', reason: 'again' });
    job.send({ type: 'nodeEntered', nodeId: 'a' });
    expect(offered(job)).not.toHaveProperty('tests');
  });
});
