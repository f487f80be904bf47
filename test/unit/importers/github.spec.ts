import { importGithubActions } from '../../../lib/importers/github/import';
import { commandOf, compiled, fixture, foreign, needsOf, noteLines, refusal } from './support';

const of = (text: string, given?: ReadonlyMap<string, string>) =>
  importGithubActions(foreign(text), { name: 'given', ...(given ? { given } : {}) });

const job = (body: string, rest = '') => `
jobs:
  before: { runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
  job:
    needs: before
    runs-on: ubuntu-latest
${body.replace(/^/gm, '    ')}
${rest}`;

describe('a workflow of GitHub Actions', () => {
  const pull = importGithubActions(fixture('github/pull-request.yml'), { name: 'x' });
  const matrix = importGithubActions(fixture('github/matrix.yml'), { name: 'x' });
  const release = importGithubActions(fixture('github/release.yml'), { name: 'x' });

  it('becomes a node per job, with the order, the labels and the time limits it had', () => {
    const graph = compiled(pull);
    const unit = graph.nodes.filter(({ id }) => id.startsWith('unit-'));
    expect(graph.name).toBe('Pull-request');
    expect(unit).toHaveLength(12);
    expect(unit[0]).toMatchObject({ needs: ['lint'], labels: ['ubuntu-latest'], timeoutMs: 1_200_000 });
    expect(graph.nodes.find(({ id }) => id === 'browser')).toMatchObject({
      labels: ['self-hosted', 'linux', 'x64'],
      timeoutMs: 21_600_000,
    });
    expect(graph.nodes.find(({ id }) => id === 'report')?.needs).toHaveLength(13);
  });

  it('writes a plain matrix as the matrix of the graph', () => {
    expect(pull.graph.nodes.find(({ id }) => id === 'unit')).toMatchObject({
      matrix: { node_version: [20, 22, 24], shard: [1, 2, 3, 4] },
    });
    const command = commandOf(compiled(pull), 'unit-22-3');
    expect(command).toContain('--shard=${REPRISE_MATRIX_SHARD}/4');
    expect(command).toContain(`export REPORTS='reports/node-'"\${REPRISE_MATRIX_NODE_VERSION}"`);
  });

  it('turns always() and failure() into trigger rules', () => {
    const rules = Object.fromEntries(compiled(pull).nodes.map(({ id, trigger }) => [id, trigger]));
    expect(rules).toMatchObject({ report: 'always', alert: 'one_failed', browser: 'all_success' });
  });

  it('notes everything that it leaves out, with its place', () => {
    const lines = noteLines(pull);
    for (const path of [
      'on',
      'concurrency',
      'permissions',
      'jobs.changes',
      'env.REGISTRY_TOKEN',
      'jobs.browser.if',
      'jobs.browser.container',
      'jobs.browser.services',
      'jobs.browser.steps[1].timeout-minutes',
      'jobs.unit.steps[3].uses',
    ]) {
      expect(lines.filter((line) => line.split(' ')[1] === `${path}:`)).toHaveLength(1);
    }
    const { notes } = pull;
    expect(notes.find(({ path }) => path === 'jobs.browser.container')).toMatchObject({
      kind: 'left-out',
      node: 'browser',
      line: expect.any(Number),
    });
  });

  it('takes a job without a command out and connects what it connected', () => {
    expect(needsOf(compiled(release))).toMatchObject({ publish: ['build'], verify: ['publish', 'build'] });
    expect(noteLines(release).join('\n')).toMatch(
      /jobs\.scan: the job scan runs the workflow acme\/workflows/,
    );
    expect(noteLines(release).join('\n')).toMatch(/jobs\.image: .*docker\/build-push-action@v6/);
  });

  it('applies exclude and include as GitHub does', () => {
    const ids = compiled(matrix).nodes.map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith('test-'))).toEqual([
      'test-ubuntu-latest-3-10-true',
      'test-ubuntu-latest-3-12-true',
      'test-windows-latest-3-12',
      'test-macos-latest-3-10',
      'test-macos-latest-3-12-slow-one',
      'test-ubuntu-latest-3-13-true',
    ]);
  });

  it('decides the conditions of steps that follow from the matrix and the runner', () => {
    const graph = compiled(matrix);
    expect(commandOf(graph, 'test-macos-latest-3-10')).toMatch(/"\$_step"\npython -m pytest\nSTEP$/);
    expect(commandOf(graph, 'test-ubuntu-latest-3-10-true')).toMatch(/--cov\nSTEP\n\nstep \.py .* python /);
    expect(commandOf(graph, 'test-windows-latest-3-12')).toContain('Get-ChildItem');
  });

  it('lets no more combinations run at once than max-parallel says', () => {
    const limits = compiled(matrix).nodes.map(
      ({ id, concurrency }) => [id.split('-')[0], concurrency] as const,
    );
    expect(Object.fromEntries(limits)).toEqual({ test: { key: 'Matrix/test', limit: 4 } });
    expect(noteLines(matrix).join('\n')).toMatch(
      /changed jobs\.test\.strategy\.max-parallel: no more than 4/,
    );
  });

  it('allows the failure of a job that may fail, of those combinations alone that may', () => {
    const allowed = compiled(matrix).nodes.filter(({ allowFailure }) => allowFailure);
    expect(allowed.map(({ id }) => id)).toEqual(['test-ubuntu-latest-3-13-true']);
    const unknown = of(job('continue-on-error: ${{ github.ref }}\nsteps: [{ run: x }]'));
    expect(noteLines(unknown).join('\n')).toContain('a failure of the job counts as one');
  });

  it.each([
    ["include: [{ a: '${{ github.ref }}' }]", 'include[0].a'],
    ["a: [x, '${{ vars.B }}']", 'a[1]'],
    ["a: [x], exclude: [{ a: '${{ vars.B }}' }]", 'exclude[0].a'],
    ["a: \"${{ github.ref == 'x' && fromJSON('[1]') || fromJSON('[2]') }}\"", 'a'],
    ["a: [{ b: ['${{ inputs.c }}'] }]", 'a[0].b[0]'],
  ])('a value of a matrix that only a run knows is noted, and no text: %s', (given, place) => {
    const imported = of(job(`strategy: { matrix: { ${given} } }\nsteps: [{ run: 'echo \${{ matrix.a }}' }]`));
    expect(noteLines(imported).join('\n')).toContain(`left-out jobs.job.strategy.matrix.${place}: this part`);
    expect(JSON.stringify(imported.graph)).not.toMatch(/github\.ref|vars\.B|inputs\.c/);
  });

  it('reads a literal fromJSON, and notes one that is known only later', () => {
    const ids = compiled(matrix).nodes.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['dynamic', 'listed-api', 'listed-web']));
    expect(noteLines(matrix).join('\n')).toContain('jobs.dynamic.strategy.matrix.target: this part');
  });

  it.each([
    ['always()', 'always', undefined],
    ['${{ !cancelled() }}', 'all_done', undefined],
    ['success() || failure()', 'all_done', undefined],
    ['failure()', 'one_failed', undefined],
    ['${{ success() }}', 'all_success', undefined],
    ["always() && contains(needs.*.result, 'failure')", 'always', 'results.`before`.status = "failed"'],
    ['!failure() && !cancelled()', 'none_failed', undefined],
    ['failure() || cancelled()', 'always', 'job.cancelled or results.`before`.status = "failed"'],
    ["always() && needs['before'].result == 'Failure'", 'always', 'results.`before`.status = "failed"'],
    ["success() && needs.other.result != 'success'", 'all_success', undefined],
    ["always() && needs.before.result == 'success'", 'always', 'results.`before`.status = "succeeded"'],
    [
      "!failure() && needs.before.result != 'skipped'",
      'always',
      'results.`before`.status != "skipped" and (job.cancelled or results.`before`.status != "failed")',
    ],
    ['false', 'all_done', 'false'],
  ])('reads the condition %s', (condition, trigger, when) => {
    const imported = of(job(`if: "${condition}"\nsteps: [{ run: 'true' }]`));
    expect(compiled(imported).nodes[1]).toMatchObject({ trigger, ...(when ? { when } : {}) });
    expect(imported.notes.filter(({ kind, path }) => kind === 'left-out' && path.endsWith('.if'))).toEqual(
      [],
    );
  });

  it('lets a job run whose condition only GitHub can decide, and says so', () => {
    const imported = of(
      job(`if: failure() && hashFiles('a') == 'refs/heads/main'\nsteps: [{ run: 'true' }]`),
    );
    expect(compiled(imported).nodes[1]).toMatchObject({ trigger: 'one_failed' });
    expect(noteLines(imported).join('\n')).toMatch(/left-out jobs\.job\.if: .*refs\/heads\/main/);
  });

  it('asks at run time for what a run is told, and lets the job run where it is not', () => {
    const imported = of(job(`if: failure() && github.ref == 'refs/heads/main'\nsteps: [{ run: 'true' }]`));
    expect(compiled(imported).nodes[1]).toMatchObject({
      trigger: 'one_failed',
      when: '$not($exists(parameters.github_ref)) or $uppercase(parameters.github_ref) = "REFS/HEADS/MAIN"',
    });
    expect(noteLines(imported).join('\n')).toMatch(
      /changed jobs\.job\.if: github\.ref is read from the parameter github_ref/,
    );
  });

  it('asks for the outputs of a job by the names that it declares, and not for those that nobody can tell', () => {
    const whenOf = (condition: string) => {
      const imported = of(`jobs:
  before:
    outputs: { version: '\${{ steps.s.outputs.v }}', sum: '\${{ hashFiles(1) }}' }
    steps: [{ id: s, run: 'true' }]
  scan: { uses: a/b/c.yml@v1 }
  job: { needs: [before, scan], if: ${JSON.stringify(condition)}, steps: [{ run: 'true' }] }`);
      const isNoted = noteLines(imported).join('\n').includes('left-out jobs.job.if');
      return { when: compiled(imported).nodes.find(({ id }) => id === 'job')?.when, isNoted };
    };
    expect(whenOf("needs.before.outputs.Version == '1'")).toEqual({
      when: '$uppercase((results.`before`.outputs.`version` ?: "")) = "1"',
      isNoted: false,
    });
    expect(whenOf("needs.before.outputs.version == '0'").when).toContain('in ["", "0"]');
    expect(whenOf("needs.before.outputs.v == '1'")).toEqual({ when: 'false', isNoted: false });
    for (const name of ['before.outputs.sum', 'scan.outputs.found']) {
      expect(whenOf(`needs.${name} == '1'`)).toEqual({ when: undefined, isNoted: true });
    }
  });

  it('decides with what the caller tells', () => {
    const text = job(`if: github.event_name == 'push'\nsteps: [{ run: 'true' }]`);
    const pushed = of(text, new Map([['github.event_name', 'push']]));
    const asked = of(text, new Map([['github.event_name', 'pull_request']]));
    expect(compiled(pushed).nodes[1]?.when).toBeUndefined();
    expect(compiled(asked).nodes[1]?.when).toBe('false');
    expect(pushed.notes.some(({ path }) => path === 'jobs.job.if')).toBe(false);
  });

  it('gives every job an id of its own', () => {
    const long = 'x'.repeat(70);
    const steps = "{ runs-on: a, steps: [{ run: 'true' }] }";
    const graph = compiled(
      of(`jobs:\n  a.b: ${steps}\n  a-b: ${steps}\n  ${long}1: ${steps}\n  ${long}2: ${steps}\n`),
    );
    expect(graph.nodes.map(({ id }) => id)).toEqual(['a-b', 'a-b-2', 'x'.repeat(64), `${'x'.repeat(62)}-2`]);
  });

  it('keeps the ids of a matrix apart from those of other jobs', () => {
    const graph = compiled(
      of(`
jobs:
  test: { runs-on: a, strategy: { matrix: { v: [1, 2] } }, steps: [{ run: 'echo \${{ matrix.v }}' }] }
  test-1: { runs-on: a, needs: test, steps: [{ run: 'true' }] }`),
    );
    expect(new Set(graph.nodes.map(({ id }) => id)).size).toBe(3);
    expect(graph.nodes.find(({ id }) => id === 'test-1')?.needs).toHaveLength(2);
  });
});

describe('the command of a job', () => {
  it('names the secrets that a job reads, and no other, as secrets of its node', () => {
    const imported = of(
      `env: { SHARED: "\${{ secrets.SHARED }}" }
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: 'deploy --key \${{ secrets.deploy-key }} \${{ secrets.SHARED }}'
        env: { NPM: "x\${{ Secrets.NPM_TOKEN }}" }
      - { if: false, run: "echo \${{ secrets.NEVER }}" }
      - run: 'echo \${{ vars.REGION }} \${{ secrets.REPRISE_KEY }}'
  b: { runs-on: ubuntu-latest, steps: [{ run: make }] }`,
    );
    const secretsOf = new Map(compiled(imported).nodes.map(({ id, work }) => [id, work.secrets]));
    expect(secretsOf).toEqual(
      new Map([
        ['a', ['NPM_TOKEN', 'SHARED', 'deploy_key']],
        ['b', ['SHARED']],
      ]),
    );
    expect(noteLines(imported).join('\n')).toMatch(/NPM_TOKEN of the node: the worker has to have it/);
  });
});

describe('a file that is no workflow', () => {
  it.each([
    ['jobs: []', /jobs: expected a mapping/],
    ['name: x', /jobs: is missing/],
    ['jobs: {}', /jobs: lists no job/],
    ['jobs: { a: { steps: [{ uses: x }] } }', /1:1 jobs: no job has a `run` step/],
    ['jobs: { a: { steps: { run: x } } }', /jobs\.a\.steps: expected a list/],
    ['jobs: { a: { needs: b, steps: [{ run: x }] } }', /jobs\.a\.needs: "b" does not exist/],
    ['jobs: { a: { needs: [a], steps: [{ run: x }] } }', /jobs\.a\.needs\[0\]: .*cycle.* a -> a/],
    ['jobs: { a: { strategy: { matrix: { b: 3 } }, steps: [{ run: x }] } }', /matrix\.b: expected a list/],
    ['jobs: { a: { strategy: { matrix: { b: [] } }, steps: [{ run: x }] } }', /leaves no combination/],
    ['jobs: { a: { strategy: { matrix: { include: [1] } }, steps: [{ run: x }] } }', /include\[0\]/],
    ['jobs: {', /given:1:/],
    ['&a [*a]', /nested/],
    ['', /expected a mapping/],
  ])('is refused with its place: %s', (text, message) => {
    expect(refusal(() => of(text))).toMatch(message);
  });

  it('is refused when its matrix is larger than GitHub allows', () => {
    const list = JSON.stringify(Array.from({ length: 17 }, (_, i) => i));
    const text = job(`strategy: { matrix: { a: ${list}, b: ${list} } }\nsteps: [{ run: x }]`);
    expect(refusal(() => of(text))).toMatch(/more than 256 combinations/);
  });

  it('is refused when a command is too long', () => {
    const text = job(`steps: [{ run: "${'x'.repeat(40_000)}" }]`);
    expect(refusal(() => of(text))).toMatch(/jobs\.job\.steps: .*40\d\d\d characters/);
  });

  it('is read to its end, however it is written', () => {
    // So long that effort which grows with the square of the length would not end within the time of a test.
    const quotes = `echo \${{ ${"'".repeat(400_000)} }} ${'${{ '.repeat(40_000)}`;
    const text = `jobs: { a: { if: "${'!'.repeat(900)}x", steps: [{ run: ${JSON.stringify(quotes)} }] } }`;
    expect(refusal(() => of(text))).toMatch(/\d+ characters/);
  });
});
