import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { builtCli, type Workspace, workspace } from '../support/e2e-cli';
import { junitFaults } from '../support/junit-schema';
import { reportingServer } from '../support/reporting-server';

const GRAPH = `name: g
nodes:
  - id: unit
    run: |
      printf '%s' '<testsuites><testsuite name="s" file="cart.test.js"><testcase name="adds" classname="Cart" file="cart.test.js">' > r.xml
      printf '%s' '<failure message="want 2">Error: want 2 at cart.test.js:7:3</failure></testcase></testsuite></testsuites>' >> r.xml
      exit 1
    reports: [r.xml]
  - id: flaky
    run: test "$REPRISE_ATTEMPT" = 2 || { echo "connect ECONNREFUSED 127.0.0.1:9" >&2; exit 1; }
    retry: { maxAttempts: 2, strategy: fixed, initialDelay: 1ms }
  - { id: plain, run: 'echo $TRACEPARENT > traceparent' }
`;

describe('reprise report', () => {
  let space: Workspace;
  beforeAll(async () => {
    space = workspace();
    space.write('g.yaml', GRAPH);
    expect((await space.run('run', 'g.yaml', '--job', 'j')).code).toBe(1);
  });
  const read = (name: string) => readFileSync(join(space.dir, name), 'utf8');

  it('prints what failed, with the place of the test, and what was tried again', async () => {
    const { code, stdout } = await space.run('report', 'j');
    expect(code).toBe(0);
    expect(stdout).toContain('## ✖ g failed');
    expect(stdout).toContain('nodes: 2 succeeded, 1 failed;');
    expect(stdout).toContain('`cart.test.js:7` | want 2 |');
    expect(stdout).toMatch(
      /### Tried again\n\n- `flaky`, 2 attempts\n {2}- attempt 1 failed: .*\*\*network\*\*/,
    );
    expect(stdout).not.toContain('`plain`');
  });

  it('prints annotations, adds to a summary and writes code quality, each where it is asked to', async () => {
    space.write('summary.md', 'before\n');
    const args = ['--annotations', 'github', '--summary', 'summary.md', '--code-quality', 'cq.json'];
    const { code, stdout } = await space.run('report', 'j', ...args);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /^::error file=cart\.test\.js,line=7,title=a test of unit failed::.*adds%0Awant 2/,
      ),
      expect.stringMatching(/^::notice file=g\.yaml,line=9,title=flaky passed after 2 attempts::attempt 1: /),
      '',
    ]);
    expect(read('summary.md')).toMatch(/^before\n## ✖ g failed/);
    expect(JSON.parse(read('cq.json'))).toMatchObject([
      { check_name: 'reprise-failed', location: { path: 'cart.test.js', lines: { begin: 7 } } },
    ]);
  });

  it('prints one JSON document with --json', async () => {
    const { stdout } = await space.run('report', 'j', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ jobId: 'j', status: 'failed', counts: { succeeded: 2, failed: 1 } },
      nodes: [{ nodeId: expect.any(String) }, { nodeId: expect.any(String) }],
    });
  });

  it('writes the whole job as JUnit and CTRF, tests of reports and plain nodes alike', async () => {
    const junit = await space.run('report', 'j', '--format', 'junit');
    expect(junit.code).toBe(0);
    expect(junitFaults(junit.stdout)).toEqual([]);
    expect(junit.stdout).toContain('<testcase name="adds" classname="Cart" file="cart.test.js"');
    expect(junit.stdout).toMatch(/<testcase name="flaky"[^>]*>\s*<flakyFailure /);
    const ctrf = await space.run('report', 'j', '--format', 'ctrf', '--out', 'j.ctrf.json');
    expect(ctrf).toMatchObject({ code: 0, stdout: '' });
    expect(JSON.parse(read('j.ctrf.json')).results.summary).toMatchObject({ tests: 3, failed: 1, flaky: 1 });
  });

  it('writes a page of the whole job, and JUnit and CTRF beside it', async () => {
    const args = ['--html', 'j.html', '--junit', 'j.xml', '--ctrf', 'j.json'];
    expect(await space.run('report', 'j', ...args)).toMatchObject({ code: 0, stdout: '' });
    const page = read('j.html');
    for (const said of ['What to do next', 'Not tried again', 'cart.test.js:7', 'ECONNREFUSED', 'network']) {
      expect(page).toContain(said);
    }
    expect(page).toContain('passed on attempt 2');
    expect(junitFaults(read('j.xml'))).toEqual([]);
    expect(JSON.parse(read('j.json')).results.summary).toMatchObject({ tests: 3, failed: 1, flaky: 1 });
  });

  it('writes the same from an export of the journal alone, and none from one that was changed', async () => {
    const exported = await space.run('journal', 'export', 'j', '--out', 'j.jsonl');
    expect(exported.code).toBe(0);
    const elsewhere = workspace();
    elsewhere.write('j.jsonl', read('j.jsonl'));
    const args = ['report', '--file', 'j.jsonl', '--html', 'j.html', '--ctrf', 'j.json'];
    expect((await elsewhere.run(...args)).code).toBe(0);
    const page = readFileSync(join(elsewhere.dir, 'j.html'), 'utf8');
    expect(page).toContain('ECONNREFUSED');
    expect(page).toMatch(/signed by the key SHA256:|signed by the key [0-9a-f]{16}/);
    expect(page).toContain('the graph is not beside the journal');
    elsewhere.write('j.jsonl', read('j.jsonl').replace('ECONNREFUSED', 'ECONNABORTED'));
    expect(await elsewhere.run(...args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('does not verify at event'),
    });
    expect(await elsewhere.run('report', '--file', 'j.jsonl')).toMatchObject({ code: 2 });
    expect(await elsewhere.run('report')).toMatchObject({ code: 2 });
  });

  it('prints the job as a trace', async () => {
    const { code, stdout } = await space.run('trace', 'j', '--format', 'otlp');
    expect(code).toBe(0);
    const [{ scopeSpans }] = JSON.parse(stdout).resourceSpans;
    expect(scopeSpans[0].spans.map(({ name }: { name: string }) => name).sort()).toEqual([
      ...[
        'RUN g',
        'flaky',
        'flaky attempt',
        'flaky attempt',
        'plain',
        'plain attempt',
        'unit',
        'unit attempt',
      ],
    ]);
  });

  it('shows all that carries the id of the job, or of its trace, which its tests were told to go on with', async () => {
    const { code, stdout } = await space.run('trace', 'j', '--format', 'json');
    expect(code).toBe(0);
    const { jobs, lines, total } = JSON.parse(stdout);
    expect(total).toBe(lines.length);
    expect(jobs).toEqual([{ job_id: 'j', trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) }]);
    const byTrace = await space.run('trace', jobs[0].trace_id, '--format', 'json');
    expect(JSON.parse(byTrace.stdout).lines).toEqual(lines);
    const [, told] = /^00-([0-9a-f]{32})-[0-9a-f]{16}-01$/.exec(read('traceparent').trim()) ?? [];
    expect(told).toBe(jobs[0].trace_id);
    const text = await space.run('trace', 'j');
    expect(text.stdout).toMatch(/job\/j 1 +· job\.submitted +by user /);
    expect(text.stdout).toContain('⇒ event orchestration.execution.failed');
  });

  it('goes on with the trace of whoever runs it', async () => {
    const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
    const other = workspace({ TRACEPARENT, TRACESTATE: 'rojo=1' });
    other.write('g.yaml', 'name: g\nnodes: [{ id: a, run: "echo $TRACEPARENT $TRACESTATE > told" }]\n');
    expect((await other.run('run', 'g.yaml', '--job', 'k')).code).toBe(0);
    const [told] = other.lines('told');
    expect(told).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00 rojo=1$/);
    const { stdout } = await other.run('trace', 'k', '--format', 'otlp');
    const [{ scopeSpans }] = JSON.parse(stdout).resourceSpans;
    const [root] = scopeSpans[0].spans;
    expect(root).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      parentSpanId: 'b7ad6b7169203331',
    });
  });

  it('refuses a job that is not there, and two things to print at once', async () => {
    expect((await space.run('trace', 'nobody')).code).toBe(2);
    expect((await space.run('report', 'j', '--out', 'x')).code).toBe(2);
    expect((await space.run('report', 'nobody', '--json')).code).toBe(2);
    const both = await space.run('report', 'j', '--json', '--annotations', 'github');
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('--json and --annotations') });
  });
});

describe('reprise run --report-html', () => {
  it('writes the page when the job is over, without its secrets, and fails no job that it cannot write of', async () => {
    const own = workspace({ API_KEY: 'hunter2-and-more' });
    own.write('g.yaml', 'name: g\nsecrets: [API_KEY]\nnodes: [{ id: a, run: "echo key=$API_KEY; exit 3" }]');
    const { code } = await own.run('run', 'g.yaml', '--job', 'k', '--report-html', 'k.html');
    expect(code).toBe(1);
    const page = readFileSync(join(own.dir, 'k.html'), 'utf8');
    expect(page).toContain('key=***');
    expect(page).not.toContain('hunter2');
    const refused = await own.run('run', 'g.yaml', '--report-html', 'no/such/dir.html');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('its report was not written') });
  });
});

describe('reprise run --report-to', () => {
  it('reports the job when it is over, and again when it is asked to, with the token of a variable', async () => {
    const system = await reportingServer();
    const space = workspace();
    space.write('g.yaml', 'name: g\nnodes: [{ id: a, run: "true" }]');
    system.next.push(403);
    const refused = await space.run('run', 'g.yaml', '--job', 'j', '--report-to', system.url);
    expect(refused).toMatchObject({ code: 0, stderr: expect.stringContaining('the job was not reported') });
    expect(system.taken.size).toBe(0);
    const again = await space.run('report', 'j', '--report-to', system.url);
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('reported j') });
    expect([...system.taken.values()].map((body) => body['job_id'])).toEqual(['j', 'j', 'j']);
    const unset = await space.run('report', 'j', '--report-to', system.url, '--report-token', 'UNSET_TOKEN');
    expect(unset).toMatchObject({ code: 2, stderr: expect.stringContaining('UNSET_TOKEN is not set') });
    await system.close();
  });
});

describe('reprise export', () => {
  it('writes a workflow whose commands run the graph, report and keep a history', async () => {
    const space = workspace();
    space.write('g.yaml', GRAPH);
    const { code } = await space.run('export', 'github-actions', 'g.yaml', '--out', 'ci.yml');
    expect(code).toBe(0);
    const steps: { name?: string; run?: string }[] = parse(readFileSync(join(space.dir, 'ci.yml'), 'utf8'))
      .jobs.reprise.steps;
    const commandOf = (name: string) => steps.find((step) => step.name === name)?.run ?? '';
    const words = (command: string) =>
      command
        .replace(/^(exec )?npx --no reprise /, '')
        .replaceAll('"$REPRISE_JOB_ID"', 'gh-1-1')
        .replaceAll('"$GITHUB_SHA"', 'abc')
        .replaceAll('"$GITHUB_STEP_SUMMARY"', 'summary.md')
        .split(' ');
    expect((await space.run(...words(commandOf('Run the graph')))).code).toBe(1);
    expect((await space.run(...words(commandOf('Say what failed, was tried again and is flaky')))).code).toBe(
      0,
    );
    expect(existsSync(join(space.dir, 'summary.md'))).toBe(true);
    expect(existsSync(join(space.dir, '.reprise/history.jsonl'))).toBe(true);
  });

  it('refuses a graph outside of the repository, an unknown suite and a name that is no variable', async () => {
    const space = workspace();
    space.write('s.yaml', 'name: s\nnodes: [{ id: a, suite: smoke }]');
    const run = (...args: string[]) => space.run('export', 'gitlab', ...args);
    expect((await run('../g.yaml')).code).toBe(2);
    expect(await run('s.yaml')).toMatchObject({ code: 2, stderr: expect.stringContaining('--suites FILE') });
    expect(await run('s.yaml', '--env', 'a-b')).toMatchObject({ code: 2 });
    space.write('suites.yaml', 'smoke: npm run smoke');
    expect((await run('s.yaml', '--suites', 'suites.yaml')).stdout).toContain('--suites suites.yaml');
  });
});

describe('a CI system is told of a job', () => {
  const command = () => `${process.execPath} ${builtCli()}`;
  const bash = (dir: string, script: string, env: Readonly<Record<string, string>>) =>
    spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
      ...{ cwd: dir, encoding: 'utf8' as const, env: { PATH: process.env['PATH'] ?? '', HOME: dir, ...env } },
    });

  it('by the action of GitHub: annotations, a summary, outputs and reports', async () => {
    const space = workspace();
    space.write('g.yaml', GRAPH);
    const { steps } = parse(readFileSync('ci/github/action.yml', 'utf8')).runs;
    const { run } = steps.find((step: { id?: string }) => step.id === 'graph');
    const { status, stdout } = bash(space.dir, run, {
      ...{ REPRISE_INPUT_GRAPH: 'g.yaml', REPRISE_INPUT_COMMAND: command(), GITHUB_SHA: 'abc' },
      ...{ REPRISE_INPUT_ARGUMENTS: '--slots\n2\n\n', REPRISE_INPUT_JOB: 'gh-1-1-__run 2' },
      ...{ GITHUB_OUTPUT: 'outputs', GITHUB_STEP_SUMMARY: 'summary.md', GITHUB_WORKSPACE: space.dir },
    });
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^::error file=cart\.test\.js,line=7,title=a test of unit failed::.*adds%0Awant 2/m,
    );
    expect(space.lines('outputs')).toEqual([
      ...['job-id=gh-1-1-__run-2', 'status=failed', 'junit=reprise-junit.xml', 'ctrf=reprise-ctrf.json'],
    ]);
    expect(space.lines('summary.md')[0]).toContain('## ✖ g failed');
    expect(junitFaults(readFileSync(join(space.dir, 'reprise-junit.xml'), 'utf8'))).toEqual([]);
    const { results } = JSON.parse(readFileSync(join(space.dir, 'reprise-ctrf.json'), 'utf8'));
    expect(results.summary).toMatchObject({ tests: 3, failed: 1 });
  });

  it('by the template of GitLab: code quality, a summary and reports', async () => {
    const space = workspace();
    space.write('g.yaml', GRAPH);
    const job = parse(readFileSync('ci/gitlab/reprise.gitlab-ci.yml', 'utf8'))['.reprise'];
    const env = {
      ...{ REPRISE_GRAPH: 'g.yaml', REPRISE_ARGUMENTS: '--slots 2', REPRISE_COMMAND: command() },
      ...{ REPRISE_JOB_ID: 'gl-7', CI_COMMIT_SHA: 'abc', CI_PROJECT_DIR: space.dir, GITLAB_CI: 'true' },
    };
    expect(bash(space.dir, job.script.join('\n'), env).status).toBe(1);
    const { status, stdout } = bash(space.dir, job.after_script.join('\n'), env);
    expect(status).toBe(0);
    expect(stdout).toContain('## ✖ g failed');
    const issues = JSON.parse(readFileSync(join(space.dir, 'gl-code-quality-report.json'), 'utf8'));
    expect(issues).toMatchObject([
      { severity: 'major', location: { path: 'cart.test.js', lines: { begin: 7 } } },
    ]);
    expect(existsSync(join(space.dir, 'reprise-junit.xml'))).toBe(true);
  });

  it('is told by its variables, or has to be named', async () => {
    const space = workspace({ GITHUB_ACTIONS: '', GITLAB_CI: '' });
    space.write('g.yaml', GRAPH);
    await space.run('run', 'g.yaml', '--job', 'j');
    expect(await space.run('annotate', 'j')).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('say whom to tell with --for github or --for gitlab') },
    });
    const { code, stdout, stderr } = await space.run('annotate', 'j', '--for', 'github', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ jobId: 'j', status: 'failed', system: 'github' });
    expect(stderr).toContain('::error file=cart.test.js');
    expect(await space.run('annotate', 'nobody', '--for', 'gitlab')).toMatchObject({ code: 2 });
  });
});
