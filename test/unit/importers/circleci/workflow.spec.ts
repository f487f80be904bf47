import { noteLines, refusal } from '../support';
import { config, type How, imported, job, nodesOf } from './support';

const notes = (given: string | object, how?: How) => noteLines(imported(given, how)).join('\n');
const refused = (given: string | object, how?: How) => refusal(() => imported(given, how));
const needsOf = (given: object, how?: How) =>
  Object.fromEntries(Object.entries(nodesOf(given, how)).map(([id, { needs }]) => [id, needs]));

const parametrised = {
  parameters: { v: { type: 'string', default: '1' }, os: { type: 'string', default: 'linux' } },
  steps: [{ run: 'echo << parameters.v >> <<parameters.os>>' }],
};

describe('workflows of CircleCI', () => {
  it('makes a node of each job that a workflow lists, with what it requires', () => {
    const given = config({ a: job(), b: job(), unused: job() }, [
      'a',
      { b: { requires: ['a'] } },
      { b: { name: 'c d' } },
    ]);
    expect(needsOf(given)).toEqual({ a: [], b: ['a'], 'c-d': [] });
  });

  it('runs the job `build` where there are no workflows', () => {
    expect(Object.keys(nodesOf({ version: 2, jobs: { build: job(), other: job() } }))).toEqual(['build']);
    expect(refused({ version: 2.1, jobs: { test: job() } })).toContain(
      'without `workflows` the job `build` runs',
    );
  });

  it('takes all workflows that run, and leads names by theirs where several have them', () => {
    const given = {
      version: 2.1,
      jobs: { a: job(), b: job() },
      workflows: { version: 2, one: { jobs: ['a', { b: { requires: ['a'] } }] }, two: { jobs: ['a'] } },
    };
    expect(needsOf(given)).toEqual({ 'one-a': [], b: ['one-a'], 'two-a': [] });
    expect(needsOf(given, { workflow: 'two' })).toEqual({ a: [] });
    expect(notes(given, { workflow: 'two' })).toContain(
      'left-out workflows.one: the workflow one is another one',
    );
    expect(refused(given, { workflow: 'three' })).toContain('there is no workflow three: one, two');
  });

  it('leaves a workflow with a schedule to an import of its own', () => {
    const triggers = [{ schedule: { cron: '0 0 * * *', filters: { branches: { only: 'main' } } } }];
    const given = {
      version: 2.1,
      jobs: { a: job(), b: job() },
      workflows: { n: { triggers, jobs: ['b'] }, m: { jobs: ['a'] } },
    };
    expect(Object.keys(nodesOf(given))).toEqual(['a']);
    expect(notes(given)).toContain('left-out workflows.n.triggers: the workflow n runs by a schedule');
    expect(Object.keys(nodesOf(given, { workflow: 'n' }))).toEqual(['b']);
  });

  describe('with when and unless', () => {
    const given = (when: unknown, key = 'when') => ({
      version: 2.1,
      parameters: {
        full: { type: 'boolean', default: false },
        mode: { type: 'enum', enum: ['a', 'b'], default: 'a' },
        n: { type: 'integer', default: 3 },
      },
      jobs: { a: job(), b: job() },
      workflows: { one: { [key]: when, jobs: ['a'] }, two: { jobs: ['b'] } },
    });
    const branch = { 'pipeline.git.branch': 'main' };

    it.each<[unknown, Record<string, string>, boolean]>([
      ['<< pipeline.parameters.full >>', {}, false],
      ['<< pipeline.parameters.full >>', { 'pipeline.parameters.full': 'yes' }, true],
      [{ equal: ['b', '<< pipeline.parameters.mode >>'] }, {}, false],
      [{ equal: [3, '<< pipeline.parameters.n >>'] }, {}, true],
      [{ equal: ['3', '<< pipeline.parameters.n >>'] }, {}, false],
      [{ and: [true, { not: '<< pipeline.parameters.full >>' }] }, {}, true],
      [{ or: [false, 0, ''] }, {}, false],
      [{ equal: ['main', '<< pipeline.git.branch >>'] }, branch, true],
      [{ equal: ['x', '<< pipeline.git.branch >>'] }, branch, false],
      [{ matches: { pattern: '^ma.*$', value: '<< pipeline.git.branch >>' } }, branch, true],
      [{ matches: { pattern: 'ma', value: '<< pipeline.git.branch >>' } }, branch, false],
      [{ and: [false, '<< pipeline.git.tag >>'] }, {}, false],
      ['pipeline.git.branch == "main" and not pipeline.parameters.full', branch, true],
      ['pipeline.git.branch starts-with "x" or pipeline.parameters.n >= 4', branch, false],
      ['not (pipeline.git.branch != "main")', branch, true],
    ])('decides %j with %j', (when, set, runs) => {
      expect('a' in nodesOf(given(when), { set })).toBe(runs);
      expect('a' in nodesOf(given(when, 'unless'), { set })).toBe(!runs);
      if (!runs)
        expect(notes(given(when), { set })).toContain(
          'left-out workflows.one: the workflow one does not run',
        );
    });

    it.each([
      [{ equal: ['main', '<< pipeline.git.branch >>'] }],
      ['pipeline.git.branch == "main"'],
      ['<< pipeline.git.tag >>'],
      [{ or: [false, { matches: { pattern: '^v', value: '<< pipeline.git.tag >>' } }] }],
    ])('runs where %j is only known on CircleCI, and says so', (when) => {
      expect('a' in nodesOf(given(when))).toBe(true);
      expect(notes(given(when))).toMatch(/changed workflows.one.when: the workflow one runs whether or not/);
    });

    it('refuses what is no logic statement', () => {
      expect(refused(given({ either: [true] }))).toContain(
        'either is none of and, or, not, equal and matches',
      );
      expect(refused(given({ and: [] }))).toContain('expected a list of values');
    });

    it('refuses parameters that there are not, and values of another type', () => {
      expect(refused(given(true), { set: { 'pipeline.parameters.x': '1' } })).toContain(
        'the pipeline has no such parameter',
      );
      expect(refused(given(true), { set: { 'pipeline.parameters.mode': 'c' } })).toContain('is one of a, b');
    });
  });

  describe('with filters', () => {
    const given = (filters: unknown) =>
      config({ a: job(), b: job() }, [
        { a: filters === undefined ? {} : { filters } },
        { b: { filters: { tags: { only: '/.*/' } } } },
      ]);
    const branch = (name: string) => ({ 'pipeline.git.branch': name });
    const tag = (name: string) => ({ 'pipeline.git.tag': name });

    it.each<[unknown, Record<string, string>, boolean]>([
      [undefined, branch('x'), true],
      [undefined, tag('v1'), false],
      [{ branches: { only: 'main' } }, branch('main'), true],
      [{ branches: { only: ['main', '/rel-.*/'] } }, branch('rel-1'), true],
      [{ branches: { only: '/rel/' } }, branch('rel-1'), false],
      [{ branches: { ignore: ['main'] } }, branch('main'), false],
      [{ branches: { only: 'main' } }, tag('main'), false],
      [{ tags: { only: '/^v.*/' }, branches: { ignore: '/.*/' } }, tag('v1'), true],
      [{ tags: { only: '/^v.*/' }, branches: { ignore: '/.*/' } }, branch('v1'), false],
      [{ tags: { only: '/^v.*/' } }, branch('x'), true],
      [{ tags: { only: '/.*/' } }, {}, true],
      ['pipeline.git.branch == "main"', branch('main'), true],
      ['pipeline.git.branch == "main"', branch('x'), false],
    ])('decides %j with %j', (filters, set, isIn) => {
      expect('a' in nodesOf(given(filters), { set })).toBe(isIn);
      expect(notes(given(filters), { set })).not.toContain('a runs whether or not');
    });

    it('runs what is not known, and says so', () => {
      expect('a' in nodesOf(given({ branches: { only: 'main' } }))).toBe(true);
      expect(notes(given({ branches: { only: 'main' } }))).toMatch(
        /changed .*a.filters: a runs whether or not this lets it/,
      );
    });

    // configuration-reference, requires: what is filtered out is ignored, and who requires nothing else is left out.
    it('waits for nothing that is filtered out, and leaves out who requires nothing else', () => {
      const only = { filters: { branches: { only: 'other' } } };
      const jobs = { a: job(), b: job(), c: job(), d: job(), e: job() };
      const listed = [
        { a: only },
        'b',
        { c: { requires: ['a', 'b'] } },
        { d: { requires: ['a'] } },
        { e: { requires: ['d', 'b'] } },
      ];
      expect(needsOf(config(jobs, listed), { set: branch('main') })).toEqual({ b: [], c: ['b'], e: ['b'] });
      expect(notes(config(jobs, listed), { set: branch('main') })).toContain(
        'd is not in the pipeline, as nothing that it requires is',
      );
    });
  });

  describe('with requires', () => {
    const after = (requires: unknown[], more: object = {}) =>
      nodesOf(config({ a: job(more), b: job() }, ['a', { b: { requires } }]))['b'];

    it.each([
      [[{ a: 'failed' }], 'all_done', "'failed' in [results.`a`.status]"],
      [
        [{ a: ['success', 'failed'] }],
        'all_done',
        "(results.`a`.status = 'succeeded' or 'failed' in [results.`a`.status])",
      ],
      [
        [{ a: ['failed', 'canceled'] }],
        'always',
        "('failed' in [results.`a`.status] or 'cancelled' in [results.`a`.status])",
      ],
      [[{ a: 'terminal' }], 'always', undefined],
      [[{ a: 'success' }], 'all_success', undefined],
    ])('takes %j', (requires, trigger, when) => {
      const node = after(requires);
      expect([node?.trigger, node?.when]).toEqual([trigger, when]);
    });

    it('asks all nodes of a parallel job', () => {
      expect(after([{ a: 'failed' }], { parallelism: 2 })?.when).toBe(
        "'failed' in [results.`a-1`.status, results.`a-2`.status]",
      );
    });

    it('refuses what is not there, what several are, and a circle', () => {
      const twice = config({ a: job(), b: job() }, ['a', 'a', { b: { requires: ['a'] } }]);
      expect(refused(twice)).toContain('b requires a, which is the name of 2 jobs');
      expect(refused(config({ b: job() }, [{ b: { requires: ['x'] } }]))).toContain(
        'b requires x, which is no job of the workflow main',
      );
      expect(
        refused(config({ a: job(), b: job() }, [{ a: { requires: ['b'] } }, { b: { requires: ['a'] } }])),
      ).toContain('forms a cycle, each requires the next: a -> b -> a');
      expect(refused(config({ a: job() }, [{ a: { requires: [{ a: 'done' }] } }]))).toContain(
        'done is none of success',
      );
    });

    it('asks for a parameter where somebody has to approve', () => {
      const given = config({ a: job(), b: job(), c: job() }, [
        'a',
        { hold: { type: 'approval', requires: ['a'] } },
        { b: { requires: ['hold'] } },
        { c: { requires: ['b'] } },
      ]);
      const nodes = nodesOf(given);
      expect(nodes['b']).toMatchObject({
        needs: ['a'],
        trigger: 'all_success',
        when: "parameters.approve_hold = 'true'",
      });
      expect(nodes['c']).not.toHaveProperty('when');
      expect(notes(given)).toMatch(
        /changed workflows.main.jobs\[1\].hold: nobody is asked: .* approve_hold=true/,
      );
    });
  });

  it('waits for an approval before what runs however a job ended', () => {
    const given = config({ a: job(), b: job(), c: job() }, [
      'a',
      { hold: { type: 'approval', requires: ['a'] } },
      { b: { requires: ['hold'] } },
      { c: { requires: [{ b: 'terminal' }] } },
    ]);
    expect(nodesOf(given)['c']).toMatchObject({
      needs: ['b'],
      trigger: 'always',
      when: "(parameters.approve_hold = 'true' or $not(results.`a`.status = 'succeeded'))",
    });
  });

  it('refuses conditions that are too long to write', () => {
    const all = Array.from({ length: 300 }, (_, i) => `a-job-with-a-long-name-${i}`);
    const listed = [
      ...all.map((name) => ({ a: { name } })),
      { b: { requires: all.map((name) => ({ [name]: 'failed' })) } },
    ];
    expect(refused(config({ a: job(), b: job() }, listed))).toContain(
      'b requires too many jobs to name how each has to end',
    );
  });

  describe('with a matrix', () => {
    const matrix = (more: object = {}) => ({ parameters: { v: ['1', '2'], os: ['linux', 'mac'] }, ...more });

    it('lists a job for each combination that is not excluded', () => {
      const given = config({ t: parametrised, after: job() }, [
        { t: { matrix: matrix({ exclude: [{ v: '2', os: 'mac' }] }) } },
        { after: { requires: ['t'] } },
      ]);
      expect(needsOf(given)).toEqual({
        't-linux-1': [],
        't-mac-1': [],
        't-linux-2': [],
        after: ['t-linux-1', 't-mac-1', 't-linux-2'],
      });
      expect(nodesOf(given)['t-mac-1']?.work).toMatchObject({ run: expect.stringContaining('echo 1 mac') });
    });

    it('gives jobs names of their own, and is required by its alias', () => {
      const given = config({ t: parametrised, u: parametrised, z: job() }, [
        { t: { name: 'build-v<< matrix.v >>', matrix: { alias: 'builds', parameters: { v: ['1', '2'] } } } },
        {
          u: {
            name: 'deploy-v<< matrix.v >>',
            requires: ['build-v<< matrix.v >>'],
            matrix: { parameters: { v: ['1', '2'] } },
          },
        },
        { z: { requires: ['builds'] } },
      ]);
      expect(needsOf(given)).toEqual({
        'build-v1': [],
        'build-v2': [],
        'deploy-v1': ['build-v1'],
        'deploy-v2': ['build-v2'],
        z: ['build-v1', 'build-v2'],
      });
    });

    it('refuses one that is too wide', () => {
      const v = Array.from({ length: 129 }, (_, i) => String(i));
      expect(refused(config({ t: parametrised }, [{ t: { matrix: { parameters: { v } } } }]))).toContain(
        '128 jobs at most, not 129',
      );
    });
  });

  describe('with parallelism', () => {
    it('writes shards that know their place', () => {
      const node = imported(config({ a: job({ parallelism: 3 }) }, ['a'])).graph.nodes[0];
      expect(node).toMatchObject({
        id: 'a',
        shards: 3,
        run: expect.stringContaining('export CIRCLE_NODE_INDEX={{ index }}\nexport CIRCLE_NODE_TOTAL=3'),
      });
    });

    it('writes a node for each where its commands have braces of their own', () => {
      const steps = [{ run: 'echo {{ name }}' }];
      const given = config({ a: job({ parallelism: 2, steps }), b: job() }, [
        'a',
        { b: { requires: ['a'] } },
      ]);
      expect(needsOf(given)).toEqual({ a: [], 'a-1': [], b: ['a', 'a-1'] });
      expect(nodesOf(given)['a-1']?.work).toMatchObject({
        run: expect.stringContaining('CIRCLE_NODE_INDEX=1\n'),
      });
    });

    it.each([0, 1001, 'many'])('refuses %s of them', (parallelism) => {
      expect(refused(config({ a: job({ parallelism }) }, ['a']))).toContain(
        '`parallelism` is a whole number from 1 to 1000',
      );
    });
  });

  it('runs steps before and after those of the job, and one group after the other', () => {
    const listed = [
      {
        a: {
          'pre-steps': [{ run: 'echo before' }],
          'post-steps': [{ run: 'echo after' }],
          'serial-group': 'org/deploy',
        },
      },
    ];
    const node = nodesOf(config({ a: job() }, listed))['a'];
    expect(node).toMatchObject({ concurrency: { key: 'org/deploy', limit: 1 } });
    expect(node?.work).toMatchObject({
      run: expect.stringMatching(/echo before[\s\S]*true[\s\S]*echo after/),
    });
  });

  it('notes contexts, and reruns of workflows', () => {
    const given = {
      version: 2.1,
      jobs: { a: job() },
      workflows: { m: { max_auto_reruns: 2, jobs: [{ a: { context: ['org'] } }] } },
    };
    expect(notes(given)).toMatch(
      /left-out .*max_auto_reruns: .*\(2\)[\s\S]*context: variables of a context are not there/,
    );
  });
});
