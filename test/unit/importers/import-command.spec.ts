import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { registerImport } from '../../../lib/cli/import';
import { parseGraph } from '../../../lib/core/dag/parse';

describe('reprise import', () => {
  let dir: string;
  let printed: string;
  let logged: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'reprise-import-'));
    printed = '';
    logged = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      logged += String(text);
      return true;
    });
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(dir, { recursive: true });
  });

  async function run(...args: string[]) {
    const program = new Command('reprise').exitOverride();
    registerImport(program);
    await program.parseAsync(['node', 'reprise', 'import', ...args]);
  }

  const workflow = 'test/fixtures/import/github/pull-request.yml';

  it('prints a graph with comments where something was left out', async () => {
    await run('github-actions', workflow);
    expect(parseGraph(printed).name).toBe('Pull-request');
    expect(printed).toMatch(/^# Imported from pull-request\.yml\.\n# Left out: on: /);
    expect(printed).toMatch(/ {2}# Left out: jobs\.browser\.container: .*\n(.*\n)*? {2}- id: browser\n/);
  });

  it('prints one JSON document with --json', async () => {
    await run('github-actions', workflow, '--json', '--name', 'other');
    const { graph, notes } = JSON.parse(printed);
    expect(graph).toMatchObject({ name: 'other', nodes: expect.any(Array) });
    expect(notes[0]).toEqual({
      kind: 'left-out',
      path: 'on',
      message: expect.any(String),
      line: 2,
      column: 1,
    });
    expect(logged).toBe('');
  });

  it('writes a file and tells the notes to whoever watches', async () => {
    const out = join(dir, 'shop.graph.yaml');
    await run('turbo', 'test/fixtures/import/turbo/monorepo.json', '--out', out);
    expect(parseGraph(await readFile(out, 'utf8'))).toMatchObject({ name: 'monorepo' });
    expect(printed).toBe('');
    expect(logged).toMatch(/10 nodes, 1 note\n {2}tasks: 6 tasks have no command/);
  });

  it('takes the options of each kind', async () => {
    const report = 'test/fixtures/import/playwright/report.json';
    await run(
      'playwright',
      report,
      '--shards',
      '2',
      '--by',
      'file',
      '--setup',
      'setup',
      '--setup',
      'cleanup',
    );
    expect(parseGraph(printed).nodes).toHaveLength(3);
    printed = '';
    await run('nx', 'test/fixtures/import/nx/run-many.json');
    expect(parseGraph(printed).nodes).toHaveLength(12);
    printed = '';
    await run(
      'github-actions',
      'test/fixtures/import/github/release.yml',
      '--set',
      'github.ref=refs/heads/x',
    );
    expect(parseGraph(printed).nodes.find(({ id }) => id === 'publish')?.when).toBe('false');
  });

  it('takes the options of a test runner', async () => {
    const events = 'test/fixtures/import/shards/go-test.jsonl';
    await run(
      'go',
      events,
      '--shards',
      '2',
      '--command',
      'gotestsum',
      '--report-dir',
      'out',
      '--merge',
      'true',
    );
    const graph = parseGraph(printed);
    expect(graph.nodes.map(({ id }) => id)).toEqual(['shard-1', 'shard-2', 'report']);
    expect(graph.nodes[0]?.work).toMatchObject({ reports: [{ path: 'out/shard-1.report.xml' }] });
    printed = '';
    const report = 'test/fixtures/reports/pytest-xunit1.xml';
    await run(
      ...['junit', report, '--shards', '2', '--list', 'ls', '--run', 'py.test {files}', '--root', '/x'],
    );
    expect(parseGraph(printed).nodes[0]?.work).toMatchObject({
      run: expect.stringMatching(/^all=\$\(ls\) && .*py\.test/),
    });
  });

  it('tells the kind of a file by its content, and says what it took it for', async () => {
    await run(workflow);
    expect(parseGraph(printed).name).toBe('Pull-request');
    expect(logged).toContain('pull-request.yml is imported as github-actions');
    printed = '';
    await run('test/fixtures/import/playwright/report.json', '--shards', '2', '--json', '--name', 'told');
    expect(JSON.parse(printed).graph.name).toBe('told');
    printed = '';
    await run('test/fixtures/import/shards/go-test.jsonl', '--shards', '2', '--command', 'gotestsum');
    expect(parseGraph(printed).nodes[0]?.work).toMatchObject({
      run: expect.stringMatching(/^gotestsum --junitfile/),
    });
    printed = '';
    await run('--set', 'github.ref=refs/heads/x', 'test/fixtures/import/github/release.yml');
    expect(parseGraph(printed).nodes.find(({ id }) => id === 'publish')?.when).toBe('false');
  });

  it('reads the files that a pipeline of GitLab includes, and none outside of its repository', async () => {
    const repository = join(dir, 'repository');
    await mkdir(join(repository, 'ci', 'jobs'), { recursive: true });
    await writeFile(join(dir, 'outside.yml'), 'job: { script: outside }');
    await symlink(join(dir, 'outside.yml'), join(repository, 'ci', 'link.yml'));
    await writeFile(join(repository, 'ci', 'jobs', 'unit.yml'), 'unit: { script: [npm test], image: node }');
    const file = join(repository, '.gitlab-ci.yml');
    await writeFile(
      file,
      'include: ci/**/unit.yml\ndeploy: { script: x, rules: [{ if: $CI_COMMIT_TAG }] }\n',
    );
    await run('gitlab', file, '--set', 'CI_COMMIT_BRANCH=main');
    expect(parseGraph(printed).nodes.map(({ id }) => id)).toEqual(['unit']);
    expect(printed).toContain('# Left out: ci/jobs/unit.yml: unit.image: ');
    printed = '';
    await run('gitlab', file, '--unset', 'OTHER', '--root', repository, '--out', join(dir, 'out.yaml'));
    expect(logged).toContain('\n  ci/jobs/unit.yml: 1: unit.image: ');
    await writeFile(file, 'include: ci/link.yml\n');
    await expect(run('gitlab', file)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('leads out of the repository'),
    });
  });

  it('takes a workflow of CircleCI, and what is told of its pipeline', async () => {
    const file = join(dir, 'config.yml');
    const job = '{ docker: [{ image: x }], steps: [{ run: "true" }] }';
    await writeFile(
      file,
      `version: 2.1\njobs: { a: ${job}, b: ${job} }\nworkflows:\n  one: { jobs: [a, { b: { filters: { branches: { only: main } } } }] }\n  two: { jobs: [b] }\n`,
    );
    await run('circleci', file, '--workflow', 'one', '--set', 'pipeline.git.branch=x');
    expect(parseGraph(printed).nodes.map(({ id }) => id)).toEqual(['a']);
    expect(printed).toContain('# Left out: workflows.two: the workflow two is another one');
  });

  it.each([
    [['nx', 'missing.json'], 'cannot read missing.json: there is no such file'],
    [['jest', 'x.json', '--shards', '1001'], '--shards must be a whole number'],
    [
      ['junit', 'package.json', '--shards', '2', '--run', 'x', '--list', 'ls'],
      'no report of tests that is known',
    ],
    [['junit', 'test/fixtures/reports/robot-suite-xunit.xml', '--shards', '2'], 'say it with --run'],
    [['test/fixtures/import/shards/go-test.jsonl'], 'say how many with --shards N'],
    [
      ['test/fixtures/import/shards/go-test.jsonl', '--shards', '2', '--list', 'ls'],
      '--list is no option of go',
    ],
    [['playwright', 'x.json', '--shards', '0'], '--shards must be a whole number'],
    [['github-actions', workflow, '--set', 'x'], 'write --set PATH=VALUE'],
    [['nx', workflow], 'is missing'],
    [['biome.json'], 'no importer knows what it is'],
    [['missing.json'], 'cannot read missing.json: there is no such file'],
    [[workflow, '--shards', '2'], '--shards is no option of github-actions, which the file is'],
    [['test/fixtures/import/playwright/report.json'], 'say how many with --shards N'],
    [['turbo', 'test/fixtures/import/turbo/monorepo.json', '--name', 'no name'], 'name: must be 1 to 64'],
  ])('refuses %j', async (args, message) => {
    await expect(run(...args)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(message),
    });
  });
});
