import { validateStrict } from 'ctrf';
import type { TestId, TestSummary } from '../../../lib/core/model/test-results';
import { historiesOf } from '../../../lib/reports/history';
import { jobReport, type KeptTests } from '../../../lib/reports/job-report';
import { readCases } from '../../../lib/reports/junit/cases';
import { writeJobCtrf } from '../../../lib/reports/write-job-ctrf';
import { writeJobJUnit } from '../../../lib/reports/write-job-junit';
import { graph, JobDriver, node, retrying } from '../../support/job-driver';
import { junitFaults } from '../../support/junit-schema';
import { graphOf, timelineOf } from '../../support/timelines';

const test = (title: string): TestId => ({ runner: 'jest', file: 'cart.test.js', suites: ['Cart'], title });
const summary = (failed: readonly TestId[], passed = 1): TestSummary => ({
  counts: { passed, failed: failed.length, skipped: 0, unfinished: 0, flaky: 0 },
  ...{ failed: [...failed], unlisted: 0, problems: [] },
});

function again(job: JobDriver, id: string): void {
  job.now += 60_000;
  job.send({ type: 'timerDue', nodeId: id, attempt: job.node(id).attempt + 1 });
  job.start(id);
}

/** A job with a node of each fate. */
function played(): JobDriver {
  const nodes = [
    node('plain'),
    node('flaky', retrying(3)),
    node('broken', retrying(2)),
    node('below', { needs: ['broken'] }),
    node('tested', retrying(2)),
    node('late'),
  ];
  const job = new JobDriver(graph(nodes)).submit().enterAll();
  for (const id of ['plain', 'flaky', 'broken', 'tested', 'late']) job.start(id);
  job.succeed('plain');
  job.fail('flaky', 'timeout');
  again(job, 'flaky');
  job.fail('flaky');
  again(job, 'flaky');
  job.succeed('flaky');
  job.fail('broken');
  again(job, 'broken');
  job.fail('broken', 'timeout');
  job.fail('tested', 'exit', { tests: summary([test('adds'), test('<removes> "&"')]) });
  again(job, 'tested');
  job.fail('tested', 'exit', { tests: summary([test('adds')]) });
  return job;
}

const report = (job: JobDriver, kept?: KeptTests) => jobReport(timelineOf(job), graphOf(job), kept);

describe('a job as JUnit', () => {
  const xml = writeJobJUnit(report(played()));
  const cases = new Map(readCases(xml).cases.map((one) => [one.attributes['name'], one]));

  it('is as the schemas have it, counts included', () => {
    expect(junitFaults(xml)).toEqual([]);
    expect(junitFaults(xml.replace('<testcase ', '<testcase shape="round" '))).toEqual([
      '<testcase> has shape',
    ]);
    expect(junitFaults(xml.replace('tests="1"', 'tests="2"'))).toEqual([expect.stringContaining('counts 2')]);
  });

  it('has a suite a node, in the order of the graph, with what becomes of it', () => {
    const suites = [...xml.matchAll(/<testsuite name="([^"]*)"/g)].map(([, name]) => name);
    expect(suites).toEqual(['plain', 'flaky', 'broken', 'below', 'tested', 'late']);
    expect(xml).toContain('<property name="reprise.outcome" value="skipped"/>');
  });

  it('has a node without tests as the one test that it is, each attempt told as Surefire does', () => {
    expect(cases.get('plain')).toMatchObject({ status: 'passed', tries: [] });
    expect(cases.get('flaky')).toMatchObject({
      status: 'passed',
      tries: [{ kind: 'flakyFailure' }, { kind: 'flakyError' }],
    });
    expect(cases.get('broken')).toMatchObject({ status: 'failed', tries: [{ kind: 'rerunError' }] });
    expect(cases.get('below')?.status).toBe('skipped');
    expect(cases.get('late')?.status).toBe('skipped');
  });

  it('has the tests that the journal names, and the node itself only where they do not say how it ended', () => {
    expect(cases.get('adds')).toMatchObject({ status: 'failed', tries: [{ kind: 'rerunFailure' }] });
    expect(cases.get('<removes> "&"')).toMatchObject({ status: 'passed', tries: [{ kind: 'flakyFailure' }] });
    expect(cases.has('tested')).toBe(false);
  });

  it('has all tests where their reports are kept', () => {
    const kept: KeptTests = (nodeId) =>
      nodeId === 'tested'
        ? historiesOf([
            {
              attempt: 1,
              isRerun: false,
              report: { results: [{ id: test('adds'), status: 'passed', durationMs: 7 }], problems: [] },
            },
          ])
        : undefined;
    const text = writeJobJUnit(report(played(), kept));
    expect(junitFaults(text)).toEqual([]);
    const names = readCases(text).cases.map(({ attributes }) => attributes['name']);
    // No test of it failed, and it did.
    expect(names.slice(4)).toEqual(['tested', 'adds', 'late']);
  });

  it('is no failure where the job takes none for one', () => {
    const job = new JobDriver(graph([node('a', { allowFailure: true })])).submit().enterAll();
    job.start('a');
    job.fail('a', 'exit', { tests: summary([test('adds')]) });
    const text = writeJobJUnit(report(job));
    expect(junitFaults(text)).toEqual([]);
    expect(readCases(text).cases).toMatchObject([{ status: 'skipped', tries: [{ kind: 'rerunFailure' }] }]);
  });

  it('leaves out what was tried before the node ran anew', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    job.start('a');
    job.fail('a');
    job.send({ type: 'resume', reason: 'mended' } as never);
    job.enterAll();
    job.start('a');
    job.succeed('a');
    expect(readCases(writeJobJUnit(report(job))).cases).toMatchObject([{ status: 'passed', tries: [] }]);
  });
});

describe('a job as CTRF', () => {
  const text = writeJobCtrf(report(played()));
  const { results, ...rest } = JSON.parse(text);
  const of = (name: string) => results.tests.find((one: { name: string }) => one.name === name);

  it('is one by the published schema', () => {
    expect(() => validateStrict(JSON.parse(text))).not.toThrow();
    expect(() => validateStrict({ ...rest, results: { ...results, tool: {} } })).toThrow();
  });

  it('counts tests, suites and flakes, and names the run', () => {
    expect(results.summary).toMatchObject({
      ...{ tests: 7, passed: 3, failed: 2, skipped: 1, other: 1, flaky: 2, suites: 6 },
    });
    expect(rest).toMatchObject({ runId: 'j', extra: { graph: 'test', owner: 'ana', traceId: 'trace' } });
  });

  it('has tries before the last as retry attempts, and marks what is flaky', () => {
    expect(of('flaky')).toMatchObject({
      ...{ status: 'passed', flaky: true, retries: 2, suite: ['flaky'], rawStatus: 'succeeded' },
      retryAttempts: [
        { attempt: 1, status: 'failed', message: 'timeout!' },
        { attempt: 2, status: 'failed', message: 'exit!' },
      ],
    });
    expect(of('adds')).toMatchObject({ status: 'failed', retries: 1, suite: ['tested', 'Cart'] });
    expect(of('adds').flaky).toBeUndefined();
  });
});
