import type { Graph } from '../../../../lib/core/dag/graph';
import type { JobEvent } from '../../../../lib/core/job/events';
import { planResume } from '../../../../lib/core/job/resume-plan';
import { graph, JobDriver, node } from '../../../support/job-driver';

const again = { type: 'resume', reason: 'again' } as const;

/** build -> api, ui -> report (which runs whatever becomes of them), and lint beside them. */
const SUITE = graph([
  node('build'),
  node('lint'),
  node('api', { needs: ['build'] }),
  node('ui', { needs: ['build'] }),
  node('report', { needs: ['api', 'ui'], trigger: 'all_done' }),
]);

const changed = (of: Graph, id: string, rest: Partial<Graph['nodes'][number]>): Graph => ({
  ...of,
  nodes: of.nodes.map((each) => (each.id === id ? { ...each, ...rest } : each)),
});
const command = (run: string) => ({ work: { kind: 'command' as const, run } });

/** Enters everything and runs what is ready until the job is over. @returns what ran, as `node/attempt`. */
function finish(job: JobDriver, failing: readonly string[] = []): string[] {
  const ran: string[] = [];
  job.enterAll();
  for (let ready = job.ready(); ready.length > 0; ready = job.ready()) {
    for (const id of ready) {
      ran.push(`${id}/${job.node(id).attempt}`);
      job.start(id);
      if (failing.includes(id)) job.fail(id);
      else job.succeed(id);
    }
  }
  return ran;
}

function ended(of: Graph, failing: readonly string[] = [], items: readonly unknown[] = []): JobDriver {
  const spec = (id: string) => of.nodes.find((each) => each.id === id);
  const job = new JobDriver(of, (id) =>
    spec(id)?.forEach ? { items: [...items] } : { holds: true },
  ).submit();
  finish(job, failing);
  return job;
}

const whys = (job: JobDriver, order: Parameters<typeof planResume>[2]) =>
  Object.fromEntries(
    planResume(job.index, job.state, order).nodes.map(({ nodeId, why, of }) => [
      nodeId,
      of === undefined ? why : `${why} ${of}`,
    ]),
  );

describe('a job that is resumed', () => {
  it('runs again what failed, by another run of its workflow, and not what has succeeded', () => {
    const job = ended(SUITE, ['api']);
    expect(job.send(again)).toEqual([
      { type: 'job.resumed', data: { nodes: ['api'], reason: 'again', run: 2 } },
    ]);
    expect(job.state).toMatchObject({ status: 'running', run: 2, remaining: 1 });
    expect(finish(job)).toEqual(['api/2']);
    expect(job.state.status).toBe('succeeded');
    expect(job.send(again)).toEqual([]);
  });

  it('while it is live goes on as it is, by another run only where its workflow has ended', () => {
    const job = new JobDriver(SUITE).submit();
    expect(job.send(again)).toEqual([{ type: 'job.resumed', data: { nodes: [], reason: 'again' } }]);
    job.send({ type: 'workflowEnded', status: 'failed', reason: 'a quota' });
    // Another run has begun by itself.
    expect([job.state.run, job.state.workflowEnded]).toEqual([2, undefined]);
    expect(job.send(again)).toEqual([{ type: 'job.resumed', data: { nodes: [], reason: 'again' } }]);
    expect(job.send({ ...again, from: ['api'] })).toEqual([]);
    expect(job.send(job.resumeOver(changed(SUITE, 'api', command('other'))))).toEqual([]);
  });
});

describe('a job that is resumed from a node', () => {
  it('runs it and all that is downstream of it again, whatever became of them, and nothing else', () => {
    const job = ended(SUITE);
    expect(whys(job, { from: ['api'] })).toEqual({
      ...{ build: 'kept', lint: 'kept', api: 'asked', ui: 'kept', report: 'downstream api' },
    });
    job.send({ ...again, from: ['api'] });
    expect(finish(job)).toEqual(['api/2', 'report/2']);
    expect(job.state.status).toBe('succeeded');
  });

  it('runs what failed elsewhere again too', () => {
    const job = ended(SUITE, ['lint']);
    job.send({ ...again, from: ['ui'] });
    expect(finish(job)).toEqual(['lint/2', 'ui/2', 'report/2']);
  });

  it('decides a fan-out anew, whose items go on with their attempts', () => {
    const of = graph([
      node('list'),
      node('each', { needs: ['list'], forEach: 'x' }),
      node('all', { needs: ['each'] }),
    ]);
    const job = ended(of, [], ['a', 'b']);
    job.send({ ...again, from: ['list'] });
    expect([...job.state.items]).toEqual([]);
    expect(finish(job)).toEqual(['list/2', 'each-1/2', 'each-2/2', 'all/2']);
    expect([...job.state.retired]).toEqual([]);
  });

  it('lets the letters of items hear of it that a fan-out has again', () => {
    const job = new JobDriver(graph([node('each', { forEach: 'x' })]), () => ({ items: ['a'] }))
      .submit()
      .enterAll();
    job.fail('each-1');
    const { letters } = job.node('each-1');
    expect(letters).toHaveLength(1);
    job.send({ ...again, from: ['each'] });
    job.enterAll();
    expect(job.node('each-1')).toMatchObject({ phase: 'ready', attempt: 2, letters });
  });

  it('that is an item of a fan-out runs that item, what gathers it and what is downstream', () => {
    const of = graph([node('each', { forEach: 'x' }), node('all', { needs: ['each'] })]);
    const job = ended(of, [], ['a', 'b', 'c']);
    job.send({ ...again, from: ['each-2'] });
    expect(finish(job)).toEqual(['each-2/2', 'all/2']);
    expect(job.state.status).toBe('succeeded');
  });
});

describe('a job that is resumed over another graph', () => {
  const graphs: [string, Graph, Record<string, string>][] = [
    [
      'runs what does something else, and all that is downstream of it',
      changed(SUITE, 'api', command('npm run api')),
      { build: 'kept', lint: 'kept', api: 'changed', ui: 'kept', report: 'downstream api' },
    ],
    [
      'keeps what only may take another time, is tried again otherwise, or takes something else of its worker',
      changed(SUITE, 'build', {
        ...{ timeoutMs: 5, durationMs: 7, slots: 2, resources: { licences: 1 } },
        ...{ concurrency: { key: 'db', limit: 1 }, dependencies: ['db'] },
        retry: { ...node('x').retry, maxAttempts: 9 },
      }),
      { build: 'kept', lint: 'kept', api: 'kept', ui: 'kept', report: 'kept' },
    ],
    [
      'runs what needs something else',
      changed(SUITE, 'lint', { needs: ['build'] }),
      { build: 'kept', lint: 'changed', api: 'kept', ui: 'kept', report: 'kept' },
    ],
    [
      'runs what is new',
      { ...SUITE, nodes: [...SUITE.nodes, node('notify', { needs: ['report'] })] },
      { build: 'kept', lint: 'kept', api: 'kept', ui: 'kept', report: 'kept', notify: 'new' },
    ],
  ];

  it.each(graphs)('%s', (_, next, expected) => {
    const job = ended(SUITE);
    const { change } = job.resumeOver(next);
    expect(whys(job, { change })).toEqual(expected);
  });

  it.each([
    ['labels', { labels: ['windows'] }],
    ['a trigger rule', { trigger: 'always' as const }],
    ['a condition', { when: 'true' }],
    ['secrets', { work: { kind: 'command' as const, run: 'run api', secrets: ['TOKEN'] } }],
    // Whatever a node may say some day, it says of what it does.
    ['words', { words: 'unheard of' } as object],
  ])('takes other %s for something else', (_, rest) => {
    const job = ended(SUITE);
    const { change } = job.resumeOver(changed(SUITE, 'api', rest));
    expect(whys(job, { change }).api).toBe('changed');
  });

  it('journals what it keeps, follows the graph from then on, and counts attempts on', () => {
    const job = ended(SUITE, ['api']);
    const next = changed(SUITE, 'ui', command('npm run ui'));
    const message = job.resumeOver(next);
    expect(job.send(message)).toEqual([
      {
        type: 'job.replanned',
        data: { graphHash: message.graphHash, nodes: 5, keeps: ['build', 'lint'], reason: 'mended', run: 2 },
      },
    ]);
    expect(job.state).toMatchObject({
      status: 'running',
      graphHash: message.graphHash,
      run: 2,
      remaining: 3,
    });
    expect(job.index.graph.nodes[3]?.work).toEqual({ kind: 'command', run: 'npm run ui' });
    expect(finish(job)).toEqual(['api/2', 'ui/2', 'report/2']);
    expect(job.state.status).toBe('succeeded');
  });

  it('that is the one it follows is resumed as it is', () => {
    const job = ended(SUITE, ['api']);
    const next = changed(SUITE, 'ui', command('npm run ui'));
    job.send(job.resumeOver(next));
    finish(job, ['lint', 'ui']);
    expect(job.send(job.resumeOver(next))).toEqual([
      { type: 'job.resumed', data: { nodes: ['ui'], reason: 'mended', run: 3 } },
    ]);
  });

  it('where nothing runs and nothing goes is left as it is', () => {
    const job = ended(SUITE);
    expect(job.send(job.resumeOver(changed(SUITE, 'api', { durationMs: 5 })))).toEqual([]);
    expect(job.state.status).toBe('succeeded');
  });

  it('that has no more what failed has succeeded', () => {
    const job = ended(SUITE, ['lint']);
    const events = job.send(
      job.resumeOver({ ...SUITE, nodes: SUITE.nodes.filter(({ id }) => id !== 'lint') }),
    );
    expect(events.map(({ type }) => type)).toEqual(['job.replanned', 'job.completed']);
    expect(job.state.status).toBe('succeeded');
  });

  it('does not take an attempt of a node that comes back for one of before', () => {
    const job = ended(SUITE);
    const without = { ...SUITE, nodes: SUITE.nodes.filter(({ id }) => id !== 'lint') };
    job.send(job.resumeOver(without));
    expect(finish(job)).toEqual([]);
    expect([...job.state.retired]).toEqual([['lint', { attempt: 1 }]]);
    job.send(job.resumeOver(changed(SUITE, 'build', { durationMs: 1 })));
    expect(finish(job)).toEqual(['lint/2']);
  });

  it('runs what was given something else than it would be now', () => {
    const job = ended(SUITE, ['api']);
    job.send({ type: 'retry', reason: 'flaky', nodes: ['api'] });
    finish(job);
    const { change } = job.resumeOver(changed(SUITE, 'lint', { durationMs: 1 }), {
      changedInputs: ['report'],
    });
    expect(whys(job, { change })).toMatchObject({ api: 'kept', report: 'input' });
  });

  it('keeps what was skipped where it would be skipped again, and judges anew what was skipped for a failure', () => {
    const of = graph([
      node('a'),
      node('off', { needs: ['a'], when: 'false' }),
      node('b', { needs: ['off'], trigger: 'all_done' }),
      node('bad'),
      node('c', { needs: ['bad'] }),
    ]);
    const job = new JobDriver(of, () => ({ holds: false })).submit();
    finish(job, ['bad']);
    const { change } = job.resumeOver({ ...of, nodes: [...of.nodes, node('d')] });
    expect(whys(job, { change })).toEqual({
      ...{ a: 'kept', off: 'kept', b: 'kept', bad: 'failed', c: 'skipped', d: 'new' },
    });
  });

  it('does not happen where the shell does not know the graph', () => {
    const job = ended(SUITE, ['api']);
    expect(job.send({ ...again, graphHash: 'f'.repeat(64) })).toEqual([]);
  });
});

describe('a fan-out of a job that is resumed over another graph', () => {
  const of = graph([node('each', { forEach: 'x' }), node('all', { needs: ['each'] }), node('other')]);

  it('keeps its items that succeeded where it does the same', () => {
    const job = ended(of, ['each-2'], ['a', 'b', 'c']);
    const events = job.send(job.resumeOver(changed(of, 'other', command('x')))) as JobEvent[];
    expect(events[0]).toMatchObject({ data: { keeps: ['each-1', 'each-3'] } });
    expect(job.node('each')).toMatchObject({ phase: 'expanded', fanOut: { total: 3, open: 1 } });
    expect(finish(job)).toEqual(['each-2/2', 'other/2', 'all/1']);
    expect(job.outcomes()).toEqual({ each: 'succeeded', all: 'succeeded', other: 'succeeded' });
  });

  it('stays where it is kept, wherever the graph has it now', () => {
    const job = ended(of, [], ['a', 'b']);
    const [each, all, other] = of.nodes as [Graph['nodes'][0], Graph['nodes'][0], Graph['nodes'][0]];
    job.send(job.resumeOver({ ...of, nodes: [{ ...other, ...command('x') }, all, each] }));
    expect(job.node('each-2')).toMatchObject({ phase: 'final', item: { parent: 2, value: 'b' } });
    expect(finish(job)).toEqual(['other/2']);
    expect(job.state.status).toBe('succeeded');
  });

  it('is decided anew where it does something else', () => {
    const job = ended(of, ['each-2'], ['a', 'b', 'c']);
    job.send(job.resumeOver(changed(of, 'each', command('run it otherwise'))));
    expect(job.node('each').phase).toBe('waiting');
    expect(finish(job)).toEqual(['each-1/2', 'each-2/2', 'each-3/2', 'all/1']);
  });
});
