import type { GraphNode } from '../../../../lib/core/dag/graph';
import { nodeHash } from '../../../../lib/core/history/durations';
import { testKey } from '../../../../lib/core/history/test-key';
import { EMPTY_HEAD, record } from '../../../../lib/core/journal/envelope';
import { LIMITS } from '../../../../lib/core/limits';
import type { TestId } from '../../../../lib/core/model/test-results';
import { createLessons } from '../../../../lib/core/projections/lessons';
import { graph, JobDriver, node, retrying } from '../../../support/job-driver';

const test = (title: string): TestId => ({ runner: 'jest', suites: [], title });

/** What is learned of a job that a test has driven. */
function lessonsOf(job: JobDriver) {
  const lessons = createLessons(job.graph);
  const actor = { kind: 'engine', id: 'test' } as const;
  const cause = { at: 1, actor, causeId: 'c', correlationId: 'job/j', traceId: 't' };
  const events = record(
    'job/j',
    EMPTY_HEAD,
    job.events.map(({ event }) => event),
    cause,
  );
  for (const event of events) lessons.apply(event);
  const update = lessons.update();
  if (!update) throw new Error('nothing was learned');
  return update;
}

function jobOf(...nodes: readonly GraphNode[]): JobDriver {
  const items = { items: ['x', 'y'] };
  return new JobDriver(graph(nodes), () => items).submit().enterAll();
}

describe('the lessons of a job', () => {
  it('are none before it is submitted', () => {
    expect(createLessons(graph([node('a')])).update()).toBeUndefined();
  });

  it('are its owner’s, and name each attempt', () => {
    const job = jobOf(node('a'));
    job.succeed('a');
    expect(lessonsOf(job)).toMatchObject({
      ...{ jobId: 'j', owner: 'ana', retries: [] },
      attempts: [{ jobId: 'j', nodeId: 'a', attempt: 1, node: nodeHash(node('a')), passed: true }],
    });
  });

  it('tell apart what a node was given: outputs of what it needs', () => {
    const inputOf = (url: string) => {
      const job = jobOf(node('build'), node('api', { needs: ['build'] }));
      job.succeed('build', { url });
      job.succeed('api');
      return lessonsOf(job).attempts.map(({ input }) => input);
    };
    const [one, other] = [inputOf('x'), inputOf('y')];
    expect(one[0]).toBe(other[0]);
    expect(one[1]).not.toBe(other[1]);
    expect(inputOf('x')).toEqual(one);
  });

  it('know the items of a fan-out for nodes of their own, by what each runs', () => {
    const job = jobOf(node('build'), node('each', { needs: ['build'], forEach: 'scripted' }));
    job.succeed('build');
    for (const id of ['each-1', 'each-2']) job.succeed(id);
    const hashes = lessonsOf(job).attempts.map((sample) => sample.node);
    expect(new Set(hashes).size).toBe(3);
  });

  it('give the attempts of a node one input, until what it needs runs again', () => {
    const job = jobOf(node('build'), node('api', { needs: ['build'], ...retrying(2) }));
    job.succeed('build');
    job.fail('api');
    job.send({ type: 'timerDue', nodeId: 'api', attempt: 2 });
    job.succeed('api');
    const [, first, second] = lessonsOf(job).attempts;
    expect(first?.input).toBe(second?.input);
  });

  it('name the tests that failed, as many as are kept, and say where there are more', () => {
    const attemptOf = (titles: readonly string[], more: object = {}) => {
      const job = jobOf(node('a'));
      const failed = titles.map(test);
      job.fail('a', 'exit', { tests: { failed, unlisted: 0, problems: [], ...more } });
      return lessonsOf(job).attempts[0];
    };
    expect(attemptOf(['adds'])).toMatchObject({ failed: [{ key: testKey(test('adds')), name: 'adds' }] });
    expect(attemptOf(['adds'])).not.toHaveProperty('partial');
    expect(attemptOf(['adds'], { unlisted: 1 })).toMatchObject({ partial: true });
    expect(attemptOf(['adds'], { problems: ['x'] })).toMatchObject({ partial: true });
    expect(attemptOf([], { rerun: {} })).toMatchObject({ rerun: true });
    const many = Array.from({ length: LIMITS.sampleTests + 1 }, (_, i) => `t${i}`);
    const cut = attemptOf(many);
    expect([cut?.failed?.length, cut?.partial]).toEqual([LIMITS.sampleTests, true]);
  });

  it('learn nothing from a retry whose failure has no class, or that was lost', () => {
    const job = jobOf(node('a', retrying(3)));
    job.fail('a');
    job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
    job.send({ type: 'attemptLost', nodeId: 'a', attempt: 2, reason: 'gone' });
    job.succeed('a');
    expect(lessonsOf(job).retries).toEqual([]);
  });
});
