import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../../lib/cli/render/result';
import { type Workspace, workspace } from '../support/e2e-cli';

/** The example, in a directory of its own. */
function example(space: Workspace): void {
  mkdirSync(join(space.dir, 'examples'));
  cpSync('examples/reruns', join(space.dir, 'examples/reruns'), { recursive: true });
}

/** A "runner" whose report the command writes itself; `$REPRISE_ATTEMPT` says which attempt writes it. */
const junit = (cases: string) => `<testsuites><testsuite name="s">${cases}</testsuite></testsuites>`;

describe('a node with reports', () => {
  let space: Workspace;
  beforeEach(() => {
    space = workspace();
  });

  it('runs again with its failed test alone, and its merged report calls that one flaky', async () => {
    example(space);
    const { code, stdout, stderr } = await space.run('run', 'examples/reruns/reruns.graph.yaml', '--json');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const { nodes } = JSON.parse(stdout) as RunResult;
    expect(nodes.unit).toMatchObject({ status: 'succeeded', attempts: 2 });
    expect(space.lines('.reprise/reruns/notes.txt')).toEqual(['1 counts', '1 reserves', '2 reserves']);
    const { junit = '', ctrf = '' } = nodes.unit?.reports ?? {};
    const xml = readFileSync(junit, 'utf8');
    expect(xml).toMatch(/tests="2" failures="0" errors="0" skipped="0" flakes="1"/);
    expect(xml).toMatch(
      /name="reserves the last piece"[^>]*>\s*<flakyFailure message="the stock did not answer/,
    );
    const { results } = JSON.parse(readFileSync(ctrf, 'utf8'));
    expect(results.summary).toMatchObject({ tests: 2, passed: 2, failed: 0, flaky: 1 });
  });

  it('says in the journal which tests ran again, and how', async () => {
    example(space);
    const { stdout } = await space.run('run', 'examples/reruns/reruns.graph.yaml', '--job', 'j');
    expect(stdout).toContain('flaky    unit: reserves the last piece\nreports  .reprise/jobs/j/reports');
    const events = space.lines('.reprise/jobs/j/journal.jsonl').map((line) => JSON.parse(line));
    const of = (type: string) => events.filter((event) => event.type === type).map((event) => event.data);
    const [failed] = of('attempt.failed');
    expect(failed.tests).toMatchObject({ counts: { passed: 1, failed: 1 }, unlisted: 0, problems: [] });
    expect(of('node.retryScheduled')[0].tests).toEqual(failed.tests.failed);
    const passed = of('attempt.succeeded').find(({ nodeId }) => nodeId === 'unit');
    expect(passed.tests.rerun).toMatchObject({ asked: 1, scope: 'tests' });
  });

  it('fails though its command ends with 0, when its report names a test that failed', async () => {
    const xml = junit('<testcase name="a" classname="c"><failure message="no"/></testcase>');
    space.write('g.yaml', `name: g\nnodes: [{ id: a, run: 'echo ''${xml}'' > r.xml', reports: [r.xml] }]`);
    const { code, stderr } = await space.run('run', 'g.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain('it ended with exit status 0, though c › a failed');
  });

  it('fails when it leaves no report, and does not take one of before for its own', async () => {
    space.write('r.xml', junit('<testcase name="a" classname="c"/>'));
    space.write('g.yaml', "name: g\nnodes: [{ id: a, run: 'true', reports: [r.xml] }]");
    const { code, stderr } = await space.run('run', 'g.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain('it left no report of its tests');
  });
});
