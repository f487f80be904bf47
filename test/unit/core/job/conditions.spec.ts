import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { judge } from '../../../../lib/core/dag/condition/evaluate';
import { judgeDue } from '../../../../lib/core/job/conditions';
import type { Condition, Judgement } from '../../../../lib/core/model/judgement';
import { graph, JobDriver, node } from '../../../support/job-driver';

/** A job whose first nodes are over, and whose last ones wait for a judgement that nobody has given. */
function due(texts: Readonly<Record<string, string>>): JobDriver {
  const nodes = [
    node('far'),
    node('build', { needs: ['far'] }),
    node('build-web'),
    ...Object.entries(texts).map(([id, when]) => node(id, { needs: ['build', 'build-web'], when })),
  ];
  const job = new JobDriver(graph(nodes), () => undefined as never).submit().enterAll();
  job.succeed('far', { a: '1' });
  job.succeed('build', { b: '2' });
  job.succeed('build-web');
  return job;
}

async function judged(job: JobDriver, answer: (condition: Condition) => Promise<Judgement> = judge) {
  const asked: Condition[] = [];
  const judgements = await judgeDue(job.index, job.state, {
    ...memoryConditions,
    judge: (condition) => {
      asked.push(condition);
      return answer(condition);
    },
  });
  return { asked, judgements: Object.fromEntries(judgements) };
}

describe('the conditions that are due', () => {
  it('see the nodes that they name, near and far', async () => {
    const job = due({ x: "results.far.outputs.a = '1' and results.`build-web`.status = 'succeeded'" });
    const { asked, judgements } = await judged(job);
    expect(Object.keys(asked[0]?.input.results ?? {}).sort()).toEqual(['build-web', 'far']);
    expect(judgements).toEqual({ x: { holds: true } });
  });

  it.each(["$count(results.*[status = 'succeeded']) = 3", "$lookup(results, 'far').attempts = 1", '$$ != 1'])(
    'see all nodes upstream where they look at the results as a whole: %s',
    async (text) => {
      const { asked, judgements } = await judged(due({ x: text }));
      expect(Object.keys(asked[0]?.input.results ?? {}).sort()).toEqual(['build', 'build-web', 'far']);
      expect(judgements).toEqual({ x: { holds: true } });
    },
  );

  it.each([
    [true, { x: { holds: true } }],
    [false, { x: { holds: false } }],
  ])('see whether their job was cancelled: %s', async (isCancelled, expected) => {
    const nodes = [node('a'), node('x', { needs: ['a'], trigger: 'always', when: 'job.cancelled' })];
    const job = new JobDriver(graph(nodes), () => undefined as never).submit().enterAll();
    job.start('a');
    if (isCancelled) job.send({ type: 'cancel', reason: 'enough' });
    job.fail('a', isCancelled ? 'cancelled' : 'exit');
    expect((await judged(job)).judgements).toEqual(expected);
  });

  it('are given up where three before them ran out of time', async () => {
    const texts = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`x${i}`, `${i} = 1`]));
    const { asked, judgements } = await judged(due(texts), async () => ({ error: 'late', isLate: true }));
    expect(asked).toHaveLength(3);
    expect(judgements['x2']).toEqual({ error: 'late', isLate: true });
    expect(judgements['x4']).toEqual({
      error: 'not evaluated: 3 conditions that were due before it ran out of time',
    });
  });
});
