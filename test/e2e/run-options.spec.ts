import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../../lib/cli/render/result';
import { until, type Workspace, workspace } from '../support/e2e-cli';

interface Recorded {
  readonly type: string;
  readonly at: number;
  readonly data: Readonly<Record<string, never>>;
}

function events(space: Workspace): Recorded[] {
  return space.lines('.reprise/jobs/j/journal.jsonl').map((line) => JSON.parse(line) as Recorded);
}

describe('reprise run', () => {
  it('tells commands and conditions the parameters, after a resume too', async () => {
    const space = workspace();
    space.write(
      'g.yaml',
      `name: g
nodes:
  - { id: a, run: 'echo "$REPRISE_PARAM_COMMIT|$REPRISE_PARAM_TEXT" >> log; test -e repaired' }
  - { id: yes, run: 'echo "yes $REPRISE_PARAM_COMMIT" >> log', needs: [a], when: "parameters.commit = 'abc'" }
  - { id: no, run: echo no >> log, needs: [a], when: "parameters.commit = 'def'" }
`,
    );
    const given = ['--param', 'commit=abc', '--param', 'text=a b=c "d"'];
    expect((await space.run('run', 'g.yaml', '--job', 'j', ...given)).code).toBe(1);
    space.write('repaired', '');
    const { code, stdout } = await space.run('resume', 'j', '--json');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as RunResult).nodes).toMatchObject({
      yes: { status: 'succeeded' },
      no: { status: 'skipped' },
    });
    expect(space.lines('log')).toEqual(['abc|a b=c "d"', 'abc|a b=c "d"', 'yes abc']);
  });

  it('runs what names dependencies, which are its own and keep nothing, by policies that a resume knows', async () => {
    const space = workspace();
    space.write(
      'g.yaml',
      'name: g\nnodes: [{ id: a, run: "test -e repaired", dependencies: [payments, mail] }]',
    );
    space.write('policies.yaml', 'defaults: { openMs: 1000 }\n');
    const args = ['--job', 'j', '--dependencies', 'policies.yaml'];
    expect((await space.run('run', 'g.yaml', ...args)).code).toBe(1);
    const record = JSON.parse(readFileSync(join(space.dir, '.reprise/jobs/j/run.json'), 'utf8'));
    expect(record.policies).toEqual({ defaults: { openMs: 1_000 }, byName: {} });
    space.write('repaired', '');
    const { code, stdout } = await space.run('resume', 'j', '--json');
    expect([code, (JSON.parse(stdout) as RunResult).nodes['a']?.attempts]).toEqual([0, 2]);
    expect(existsSync(join(space.dir, '.reprise/dependencies'))).toBe(false);
  });

  it('journals priority, deadline and parameters', async () => {
    const space = workspace();
    space.write('g.yaml', 'name: g\nnodes: [{ id: a, run: "true" }]');
    await space.run(
      'run',
      'g.yaml',
      '--job',
      'j',
      '--priority',
      'high',
      '--deadline',
      '2h',
      '--param',
      'a=b',
    );
    const [submitted] = events(space);
    expect(submitted).toMatchObject({
      type: 'job.submitted',
      data: { priority: 'high', parameters: { a: 'b' } },
    });
    const left = (submitted?.data['deadlineAt'] ?? 0) - (submitted?.at ?? 0);
    expect(Math.abs(left - 7_200_000)).toBeLessThan(5_000);
  });

  it('fails at the deadline, also one that passed while nobody ran the job', async () => {
    const space = workspace();
    space.write('g.yaml', 'name: g\nnodes: [{ id: a, run: "echo on >> log; exec sleep 60" }]');
    const run = space.start('run', 'g.yaml', '--job', 'j', '--deadline', '900ms');
    await until(() => space.lines('log').length === 1, 'the command runs');
    run.child.kill('SIGKILL');
    await run.done;
    const deadlineAt = events(space)[0]?.data['deadlineAt'] ?? Number.NaN;
    expect(deadlineAt).toBeGreaterThan(0);
    await until(() => Date.now() > deadlineAt, 'the deadline has passed');
    const { code, stdout } = await space.run('resume', 'j', '--json');
    expect([code, JSON.parse(stdout).status]).toEqual([1, 'failed']);
    expect(events(space).find(({ type }) => type === 'job.cancelRequested')).toMatchObject({
      data: { deadline: true },
    });
    expect(space.lines('log')).toEqual(['on']);
  });

  const SHARED = `
name: g
nodes:
  - { id: a, run: 'echo + >> log; sleep 0.2; echo - >> log', resources: { slots: 1, browser: 1 } }
  - { id: b, run: 'echo + >> log; sleep 0.2; echo - >> log', resources: { slots: 1, browser: 1, other: 99 } }
`;

  it('bounds the resources that are given, on a resume as well, and no others', async () => {
    const space = workspace();
    space.write('g.yaml', SHARED);
    expect(
      (await space.run('run', 'g.yaml', '--job', 'j', '--slots', '4', '--resources', 'browser=1')).code,
    ).toBe(0);
    expect(space.lines('log')).toEqual(['+', '-', '+', '-']);
    const record = JSON.parse(readFileSync(join(space.dir, '.reprise/jobs/j/run.json'), 'utf8'));
    expect(record).toMatchObject({ resources: { browser: 1 } });
    const free = workspace();
    free.write('g.yaml', SHARED);
    await free.run('run', 'g.yaml', '--slots', '4');
    expect(free.lines('log').slice(0, 2)).toEqual(['+', '+']);
  });

  it('refuses a node that asks for more than there is, before anything runs', async () => {
    const space = workspace();
    space.write('g.yaml', SHARED.replace('browser: 1 }', 'browser: 2 }'));
    const args = ['run', 'g.yaml', '--slots', '4', '--resources', 'browser=1', '--resources', 'x=1'];
    const { code, stderr } = await space.run(...args);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('node a takes 2 of browser, this machine has 1'),
    ]);
    expect(space.lines('log')).toEqual([]);
  });

  it.each([
    [['--priority', 'huge'], 'critical, high, normal, low'],
    [['--deadline', 'soon'], 'such as 30m'],
    [['--deadline', '0'], 'such as 30m'],
    [['--resources', 'browser'], 'browserLicences=2'],
    [['--resources', 'a=1', '--resources', 'a=2'], 'browserLicences=2'],
    [['--param', 'novalue'], 'NAME=VALUE'],
    [['--param', '=x'], 'NAME=VALUE'],
    [['--param', '1a=x'], 'must be a name'],
    [['--param', `a=${'x'.repeat(5_000)}`], '4096 bytes'],
  ])('refuses %j', async (args, message) => {
    const space = workspace();
    space.write('g.yaml', 'name: g\nnodes: [{ id: a, run: "touch ran" }]');
    expect(await space.run('run', 'g.yaml', ...args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    });
  });
});
