import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CliProcess, until, type Workspace, workspace } from '../support/e2e-cli';

const GRAPH = `name: g
nodes:
  - { id: first, run: 'echo one; touch begun; while test ! -e go; do sleep 0.05; done' }
  - { id: second, run: 'echo two >&2; echo three', needs: [first] }
  - { id: third, run: 'while test ! -e never; do sleep 0.05; done', needs: [second] }
  - { id: clean, run: 'echo cleaned >> log', needs: [third], trigger: always }
`;

const started: CliProcess[] = [];
afterEach(async () => {
  for (const { child, done } of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await done;
  }
});

function start(space: Workspace, ...args: string[]): CliProcess {
  const begun = space.start(...args);
  started.push(begun);
  return begun;
}

async function json(space: Workspace, ...args: string[]) {
  const { code, stdout, stderr } = await space.run(...args, '--json');
  if (code !== 0) throw new Error(`${args.join(' ')}: exit ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

const statusOf = async (space: Workspace, node: string) =>
  (await json(space, 'show', 'j')).nodes[node].status;

async function comesTo(space: Workspace, node: string, status: string): Promise<void> {
  for (let i = 0; i < 40 && (await statusOf(space, node)) !== status; i++) {
    await new Promise((wake) => setTimeout(wake, 50));
  }
  expect(await statusOf(space, node)).toBe(status);
}

describe('a job that another process runs', () => {
  it('is listed, shown, followed, paused and cancelled from here', async () => {
    const space = workspace();
    space.write('g.yaml', GRAPH);
    const run = start(space, 'run', 'g.yaml', '--job', 'j');
    await until(
      () => space.lines('begun').length === 0 && run.stderr().includes('▸ first'),
      'the job has begun',
    );
    const watch = start(space, 'watch', 'j');
    const logs = start(space, 'logs', 'j', '--follow', '--json');

    expect((await space.run('pause', 'j', '--reason', 'a look')).stdout).toBe(
      'job j is asked to pause (it is running)\n',
    );
    space.write('go', '');
    await comesTo(space, 'first', 'succeeded');
    const { jobs } = await json(space, 'list');
    expect(jobs).toEqual([expect.objectContaining({ job_id: 'j', status: 'running', pid: run.child.pid })]);
    expect(await json(space, 'show', 'j')).toMatchObject({
      paused: true,
      nodes: { second: { status: 'ready' } },
    });

    await json(space, 'unpause', 'j');
    await comesTo(space, 'third', 'running');
    expect(await json(space, 'cancel', 'j', '--reason', 'wrong branch')).toEqual({
      jobId: 'j',
      status: 'running',
    });
    const [ended, watched, followed] = await Promise.all([run.done, watch.done, logs.done]);
    expect([ended.code, watched.code]).toEqual([1, 1]);
    expect(space.lines('log')).toEqual(['cleaned']);
    expect(ended.stderr).toContain('paused: a look');
    expect(watched.stderr).toContain('cancelling: wrong branch');
    expect(watched.stdout).toContain('CANCELLED in ');
    const lines = followed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual({ node: 'second', attempt: 1, stream: 'stderr', line: 'two' });
    const events = readFileSync(join(space.dir, '.reprise/jobs/j/journal.jsonl'), 'utf8');
    const [{ actor, data }] = events
      .split('\n')
      .filter((line) => line.includes('"job.cancelRequested"'))
      .map((line) => JSON.parse(line));
    expect(actor.kind).toBe('user');
    expect(data.reason).toBe('wrong branch');

    expect(await space.run('cancel', 'j')).toMatchObject({
      ...{
        code: 2,
        stderr: expect.stringContaining('job j is over (cancelled): there is nothing to cancel'),
      },
    });
    expect((await space.run('logs', 'j', '--node', 'second')).stdout).toBe('three\ntwo\n');
    expect((await space.run('logs', 'j', '--node', 'secnd')).stderr).toContain('did you mean "second"?');
  });

  it('that has died is said to be interrupted, and nobody waits for it', async () => {
    const space = workspace();
    space.write('g.yaml', GRAPH);
    const run = start(space, 'run', 'g.yaml', '--job', 'j');
    await until(() => run.stderr().includes('▸ first'), 'the job has begun');
    run.child.kill('SIGKILL');
    await run.done;
    const { jobs } = await json(space, 'list');
    expect(jobs).toEqual([expect.objectContaining({ status: 'running', interrupted: true })]);
    const watched = await space.run('watch', 'j');
    expect(watched).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('`reprise resume j` goes on with it'),
    });
    expect(await space.run('pause', 'j')).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('no process runs job j: `reprise resume j`') },
    });
    space.write('go', '');
  });
});

describe('a job of a daemon', () => {
  it('is submitted, followed, resumed and cancelled from here, and by the name of a profile', async () => {
    const space = workspace();
    const daemon = start(space, 'serve', '--port', '0');
    await until(() => daemon.stderr().includes('serving '), 'the daemon listens');
    const { url, token } = JSON.parse(readFileSync(join(space.dir, '.reprise/server.json'), 'utf8'));
    space.write('g.yaml', 'name: g\nnodes: [{ id: a, run: "echo hi; test -e ok" }]\n');

    const submitted = await space.run('submit', 'g.yaml', '--watch');
    expect(submitted).toMatchObject({ code: 1, stdout: expect.stringContaining('FAILED in ') });
    const id = /^job (\S+)/.exec(submitted.stdout)![1]!;

    expect(
      (await space.run('profile', 'add', 'here', '--api', url, '--token', token, '--use')).stdout,
    ).toContain('* here');
    const { jobs } = await json(space, 'list', '--status', 'failed');
    expect(jobs).toEqual([expect.objectContaining({ job_id: id, status: 'failed' })]);
    expect((await space.run('logs', id)).stdout).toBe('a | hi\n');
    space.write('ok', '');
    expect(await json(space, 'resume', id)).toMatchObject({ job_id: id, runs: 1 });
    expect((await space.run('watch', id)).code).toBe(0);
    const lines = (await space.run('watch', id, '--json')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, i) => i + 1));
    expect(lines.at(-1)).toMatchObject({ type: 'job.completed', data: { status: 'succeeded' } });

    const missing = await space.run('show', 'nobody');
    expect(missing).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`asked ${url} (profile here, by`),
    });
    expect((await space.run('show', 'nobody', '--profile', 'local')).stderr).toContain('no job nobody in ');
    const key = ['--idempotency-key', 'k'];
    const [one, again] = [
      await json(space, 'submit', 'g.yaml', ...key),
      await json(space, 'submit', 'g.yaml', ...key),
    ];
    expect(again.jobId).toBe(one.jobId);
  });
});
