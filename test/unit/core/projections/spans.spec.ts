import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { tracedWork } from '../../../../lib/core/messages/traced-work';
import { type Span, spansOf } from '../../../../lib/core/projections/spans';
import { graph, JobDriver, node, retrying } from '../../../support/job-driver';
import { graphOf, timelineOf } from '../../../support/timelines';

const spans = (job: JobDriver, traceId?: string): Span[] => spansOf(timelineOf(job, traceId), graphOf(job));
const named = (all: readonly Span[], name: string): Span[] => all.filter((span) => span.name === name);

/** A job whose node `a` is lost, fails and passes, and whose node `b` fails below it. */
function played(): JobDriver {
  const tested = { work: { kind: 'suite', suite: 'smoke' } } as const;
  const nodes = [node('a', retrying(2)), node('b', { needs: ['a'], ...tested }), node('c', { needs: ['b'] })];
  const job = new JobDriver(graph(nodes));
  job.submit();
  job.now = 2_000;
  job.enterAll();
  job.now = 2_500;
  job.start('a');
  job.now = 3_000;
  job.send({ type: 'attemptLost', nodeId: 'a', attempt: 1, reason: 'gone', cause: 'workerLost' } as never);
  job.start('a');
  job.now = 4_000;
  job.fail('a', 'timeout');
  job.now = 60_000;
  job.send({ type: 'timerDue', nodeId: 'a', attempt: 3 });
  job.start('a');
  job.now = 61_000;
  job.succeed('a');
  job.start('b');
  job.now = 62_000;
  const test = { runner: 'jest', suites: [], title: 'adds' };
  job.fail('b', 'exit', {
    tests: {
      counts: { passed: 2, failed: 1, skipped: 0, unfinished: 0, flaky: 0 },
      ...{ failed: [test], unlisted: 0, problems: [] },
    },
  });
  return job;
}

describe('the trace of a job', () => {
  const all = spans(played());
  const [job] = all;

  it('has a span of the job, of each node and of each attempt, each in its parent', () => {
    expect(all.map(({ name }) => name)).toEqual([
      ...['RUN test', 'a', 'a attempt', 'a attempt', 'a attempt', 'b', 'b attempt', 'c'],
    ]);
    const byId = new Map(all.map((span) => [span.spanId, span]));
    expect(byId.size).toBe(all.length);
    const parents = all.map(({ parentSpanId }) => byId.get(parentSpanId ?? '')?.name);
    expect(parents).toEqual([undefined, 'RUN test', 'a', 'a', 'a', 'RUN test', 'b', 'RUN test']);
  });

  it('has the times of the journal, and how long attempts waited', () => {
    expect(job).toMatchObject({ kind: 'server', startedAt: 1_000, endedAt: 62_000 });
    const [first] = named(all, 'a attempt');
    expect(first).toMatchObject({
      startedAt: 2_500,
      endedAt: 3_000,
      attributes: { 'reprise.queued_ms': 500 },
    });
    expect(named(all, 'a')[0]).toMatchObject({ startedAt: 2_000, endedAt: 61_000 });
    for (const { startedAt, endedAt } of all) expect(endedAt).toBeGreaterThanOrEqual(startedAt);
  });

  it('has as long attempts as their workers measured, where start and end were journalled together', () => {
    const quick = new JobDriver(graph([node('a')])).submit().enterAll();
    quick.now = 9_000;
    quick.start('a');
    quick.send({ type: 'attemptSucceeded', nodeId: 'a', attempt: 1, durationMs: 700, outputs: {} });
    expect(named(spans(quick), 'a attempt')[0]).toMatchObject({
      ...{ startedAt: 8_300, endedAt: 9_000, attributes: { 'reprise.queued_ms': 7_300 } },
    });
  });

  it('links nodes to those that they need, and attempts to those that they repeat', () => {
    const [a] = named(all, 'a');
    expect(named(all, 'b')[0]?.links).toEqual([
      { spanId: a?.spanId, attributes: { 'reprise.link': 'needs' } },
    ]);
    const attempts = named(all, 'a attempt');
    expect(attempts.map(({ links }) => links.map(({ spanId }) => spanId))).toEqual([
      ...[[], [attempts[0]?.spanId], [attempts[1]?.spanId]],
    ]);
  });

  it('tells results by the conventions: what is the fault of the engine, of time, and of what it ran', () => {
    const key = conventions.ATTR_CICD_PIPELINE_TASK_RUN_RESULT;
    const results = named(all, 'a attempt').map(({ attributes }) => attributes[key]);
    expect(results).toEqual(['error', 'timeout', 'success']);
    expect(named(all, 'b')[0]).toMatchObject({ attributes: { [key]: 'failure', 'error.type': 'exit' } });
    expect(named(all, 'c')[0]).toMatchObject({ attributes: { [key]: 'skip' } });
    expect(job?.attributes[conventions.ATTR_CICD_PIPELINE_RESULT]).toBe('failure');
    expect(all.filter(({ error }) => error !== undefined).map(({ name }) => name)).toEqual([
      ...['RUN test', 'a attempt', 'a attempt', 'b', 'b attempt'],
    ]);
  });

  it('has suites and failed tests', () => {
    expect(named(all, 'b')[0]?.attributes).toMatchObject({
      ...{
        'test.suite.name': 'smoke',
        'test.suite.run.status': 'failure',
        'cicd.pipeline.task.type': 'test',
      },
    });
    const [attempt] = named(all, 'b attempt');
    expect(attempt?.attributes).toMatchObject({ 'reprise.tests.passed': 2, 'reprise.tests.failed': 1 });
    expect(attempt?.events.map(({ name }) => name)).toEqual(['exception', 'test.case']);
    expect(attempt?.events[1]?.attributes).toEqual({
      ...{ 'test.case.name': 'adds', 'test.case.result.status': 'fail' },
    });
  });

  it('uses names that the conventions know, or its own', () => {
    const known = new Set<unknown>(Object.values(conventions));
    const used = all
      .flatMap((span) => [span, ...span.events])
      .flatMap(({ attributes }) => Object.keys(attributes));
    expect(used.filter((name) => !known.has(name) && !name.startsWith('reprise.'))).toEqual([]);
    const values = Object.entries(conventions).filter(([name]) => /_RUN_RESULT_VALUE_/.test(name));
    const results = all.map(({ attributes }) => attributes['cicd.pipeline.task.run.result']);
    expect(values.map(([, value]) => value)).toEqual(expect.arrayContaining(results.filter(Boolean)));
  });

  it('has the same ids whenever it is asked for, and other ones of another job', () => {
    expect(spans(played())).toEqual(all);
    for (const { traceId, spanId } of all) {
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(spanId).toMatch(/^[0-9a-f]{16}$/);
    }
    const other = { ...timelineOf(played()), jobId: 'k' };
    expect(spansOf(other, graphOf(played()))[0]?.traceId).not.toBe(job?.traceId);
  });

  it.each([
    ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'b7ad6b7169203331'],
    ['Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1', 'b7ad6b7169203331'],
    ['1-0af76519-16cd43dd8448eb211c80319c', undefined],
    ['0AF7651916CD43DD8448EB211C80319C', undefined],
    ['0af76519-16cd-43dd-8448-eb211c80319c', undefined],
  ])('is that of its caller, where it is named as %s', (given, parent) => {
    const [span] = spans(played(), given);
    expect(span?.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(span?.parentSpanId).toBe(parent);
  });

  it('hangs below the span that the job was submitted in', () => {
    const parent = { spanId: 'b7ad6b7169203331', sampled: true };
    const job = new JobDriver(graph([node('a')])).submit({ trace: parent });
    const [root, ...rest] = spans(job, '0af7651916cd43dd8448eb211c80319c');
    expect(root).toMatchObject({ parentSpanId: parent.spanId });
    for (const { parentSpanId } of rest) expect(parentSpanId).not.toBe(parent.spanId);
  });

  it('has the ids that attempts were given to go on with', () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const attempt = spans(played(), traceId).find(({ name }) => name === 'a attempt');
    const ref = { jobId: 'j', nodeId: 'a', attempt: 1 };
    const { variables } = tracedWork({ kind: 'command', run: 'true' }, { ...ref, traceId });
    expect(variables?.['TRACEPARENT']).toBe(`00-${attempt?.traceId}-${attempt?.spanId}-01`);
  });

  it('is one of its own where the id of the caller is all zeros', () => {
    expect(spans(played(), '0'.repeat(32))[0]?.traceId).not.toMatch(/^0+$/);
  });

  it('of a job that is not over has no results of what is not, and ends with its latest event', () => {
    const open = new JobDriver(graph([node('a')])).submit().enterAll();
    open.now = 9_000;
    open.start('a');
    const [root, own, attempt] = spans(open);
    expect(root).toMatchObject({ endedAt: 9_000, attributes: { 'cicd.pipeline.run.state': 'executing' } });
    for (const span of [own, attempt]) {
      expect(span?.attributes).not.toHaveProperty(['cicd.pipeline.task.run.result']);
    }
  });

  it('has items of a fan-out in the span of the fan-out', () => {
    const items = { holds: true, items: ['x', 'y'] } as never;
    const fan = new JobDriver(graph([node('all', { forEach: '["x", "y"]' })]), () => items)
      .submit()
      .enterAll();
    for (const id of ['all-1', 'all-2']) {
      fan.start(id);
      fan.succeed(id);
    }
    const [, parent, ...rest] = spans(fan);
    expect(parent?.name).toBe('all');
    const own = rest.filter(({ name }) => /^all-\d$/.test(name));
    expect(own.map(({ parentSpanId }) => parentSpanId)).toEqual([parent?.spanId, parent?.spanId]);
  });
});
