import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, harness, readIfThere, request, runs, until } from './harness';

afterEach(cleanUp);

describe('a command', () => {
  it('is reported as started, then as succeeded with what it handed on', async () => {
    const { run, reports } = harness();
    const report = await run('echo "answer:=42" >> "$REPRISE_OUTPUT"; echo name=fred >> "$REPRISE_OUTPUT"');
    expect(report).toMatchObject({ type: 'succeeded', outputs: { answer: 42, name: 'fred' } });
    expect(reports.map(({ report }) => report.type)).toEqual(['started', 'succeeded']);
    expect(reports[0]?.ref).toEqual({ jobId: 'job', nodeId: 'a', attempt: 1 });
  });

  it('fails with its exit status and the end of its error output', async () => {
    const report = await harness().run('echo fine; printf "\\033[31mred\\033[0m boom\\n" >&2; exit 3');
    expect(report).toMatchObject({
      type: 'failed',
      failure: { kind: 'exit', exitCode: 3, message: 'exit status 3\nred boom' },
    });
  });

  it('fails with the end of its standard output when it wrote no errors', async () => {
    const report = await harness().run('echo only this; false');
    expect(report).toMatchObject({ failure: { message: 'exit status 1\nonly this' } });
  });

  it('names the signal that ended it', async () => {
    const report = await harness().run('kill -9 $$');
    expect(report).toMatchObject({ failure: { kind: 'exit', exitCode: 137, signal: 'SIGKILL' } });
  });

  it.each([
    ['exec', 'exec sh -c "exit 7"'],
    ['exit', 'exit 7; echo unreached'],
    ['an exit trap', 'trap "exit 7" EXIT; true'],
    ['a syntax error', 'if true; then', 2],
    ['set -e', 'set -e; (exit 7); echo unreached'],
  ])('records its exit status after %s', async (_, command, status = 7) => {
    expect(await harness().run(command)).toMatchObject({ failure: { kind: 'exit', exitCode: status } });
  });

  it.each([
    ['a program', 'sh -c exit', 0],
    ['one that fails', 'test -e /nonexistent', 1],
    ['one that is not there', 'no-such-program --at all', 127],
    ['one that cannot be run', '/etc/passwd', 126],
    ['exit', 'exit 7', 7],
    ['exec', 'exec test -e /nonexistent', 1],
    ['a file that is read in', '. /nonexistent/file', 2],
    ['ulimit', 'ulimit -f 0', 0],
  ])('of plain words records its exit status: %s', async (_, command, exitCode) => {
    const { dir, run } = harness();
    const report = await run(command);
    expect(exitCode === 0 ? report.type : report).toEqual(
      exitCode === 0
        ? 'succeeded'
        : expect.objectContaining({ failure: expect.objectContaining({ exitCode }) }),
    );
    expect(readFileSync(join(dir, 'job/attempts/a.1.claim'), 'utf8')).toMatch(/^\d+ \d+\n\d+ -\n$/);
  });

  it('that hands nothing on is known for it, whatever its variables are called', async () => {
    const { dir, run } = harness({ env: { n: 'x', s: 'y' } });
    await run('true');
    expect(readFileSync(join(dir, 'job/attempts/a.1.claim'), 'utf8')).toMatch(/\n0 -\n$/);
    const handing = harness();
    expect(await handing.run('echo a=1 > "$REPRISE_OUTPUT"')).toMatchObject({ outputs: { a: '1' } });
    expect(readFileSync(join(handing.dir, 'job/attempts/a.1.claim'), 'utf8')).toMatch(/\n0\n$/);
  });

  it('of plain words is ended with its group', async () => {
    const { executor, ending } = harness();
    await executor.submit(request('sleep 60', { timeoutMs: 100 }));
    expect(await ending()).toMatchObject({ failure: { kind: 'timeout' } });
  });

  it('sees no arguments and may create files that exist', async () => {
    const { dir, run } = harness();
    const report = await run(`cd ${dir}; echo x > f; echo y > f; echo "n:=$#" > "$REPRISE_OUTPUT"`);
    expect(report).toMatchObject({ outputs: { n: 0 } });
  });

  it('keeps its output in files of the attempt', async () => {
    const { run, dir } = harness();
    await run('echo out; echo err >&2');
    expect(readFileSync(join(dir, 'job/attempts/a.1.out'), 'utf8')).toBe('out\n');
    expect(readFileSync(join(dir, 'job/attempts/a.1.err'), 'utf8')).toBe('err\n');
  });

  it('runs in the working directory it is given', async () => {
    const { run, dir } = harness();
    const cwd = join(dir, 'elsewhere');
    mkdirSync(cwd);
    const there = harness({ cwd });
    await there.run('pwd > where');
    expect(readFileSync(join(cwd, 'where'), 'utf8').trim()).toBe(cwd);
    await run('true');
  });

  it('fails as not started when its working directory is gone', async () => {
    const report = await harness({ cwd: '/nonexistent/place' }).run('true');
    expect(report).toMatchObject({
      failure: { kind: 'spawn', message: expect.stringContaining('/nonexistent/place does not exist') },
    });
  });

  it('fails as not started when it is longer than the system takes', async () => {
    const report = await harness().run(`: ${'x'.repeat(3_000_000)}`);
    expect(report).toMatchObject({ failure: { kind: 'spawn', message: expect.stringContaining('E2BIG') } });
  });

  it('fails when its outputs are malformed', async () => {
    const report = await harness().run('echo nonsense > "$REPRISE_OUTPUT"');
    expect(report).toMatchObject({
      failure: { kind: 'exit', exitCode: 0, message: expect.stringContaining('line 1 is not name=value') },
    });
  });
});

describe('a suite', () => {
  it('runs the command it stands for', async () => {
    const { run } = harness({ suites: { smoke: 'echo ran:=true > "$REPRISE_OUTPUT"' } });
    expect(await run('', { work: { kind: 'suite', suite: 'smoke' } })).toMatchObject({
      outputs: { ran: true },
    });
  });

  it.each(['api', 'constructor'])('that is unknown (%s) fails with what to do about it', async (suite) => {
    const { run, executor } = harness({ suites: { smoke: 'true' } });
    const report = await run('', { work: { kind: 'suite', suite } });
    expect(report).toMatchObject({
      failure: {
        kind: 'spawn',
        message: expect.stringMatching(new RegExp(`suite ${suite} .*smoke.*--suites`)),
      },
    });
    expect(await executor.results(request(''))).toEqual(report);
  });
});

describe('the environment of a command', () => {
  it('holds the few variables of ours, those passed on, and those of the attempt', async () => {
    process.env['REPRISE_TOKEN'] = 'secret';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
    const { run, dir } = harness({ env: { API_URL: 'http://api' } });
    await run(`env -0 > ${dir}/all`, { nodeId: 'env' });
    const names = readFileSync(join(dir, 'all'), 'utf8').split('\0').filter(Boolean);
    delete process.env['REPRISE_TOKEN'];
    delete process.env['AWS_SECRET_ACCESS_KEY'];
    const seen = Object.fromEntries(names.map((line) => line.split(/=(.*)/s)));
    const { PATH, HOME, LANG, TERM, TMPDIR, USER, SHELL, CI, PWD, OLDPWD, SHLVL, _, ...rest } = seen;
    expect(PATH).toBe(process.env['PATH']);
    expect(rest).toEqual({
      API_URL: 'http://api',
      REPRISE_JOB: 'job',
      REPRISE_NODE: 'env',
      REPRISE_ATTEMPT: '1',
      REPRISE_ATTEMPT_ID: 'job/env/1',
      REPRISE_OUTPUT: join(dir, 'job/attempts/env.1.outputs'),
    });
  });
});

describe('what an attempt hands on', () => {
  it('is kept when it fails', async () => {
    const report = await harness().run('echo "failed:=3" >> "$REPRISE_OUTPUT"; exit 1');
    expect(report).toMatchObject({ type: 'failed', failure: { kind: 'exit' }, outputs: { failed: 3 } });
  });

  it('is kept when it is out of time', async () => {
    const { executor, ending } = harness();
    await executor.submit(request('echo at=login >> "$REPRISE_OUTPUT"; sleep 60', { timeoutMs: 300 }));
    expect(await ending()).toMatchObject({ failure: { kind: 'timeout' }, outputs: { at: 'login' } });
  });

  it('is left out of a failure where it cannot be read', async () => {
    const report = await harness().run('echo nonsense > "$REPRISE_OUTPUT"; exit 1');
    expect(report).toEqual({ type: 'failed', durationMs: expect.any(Number), failure: expect.anything() });
  });
});

describe('the variables of a fan-out', () => {
  const variables = { REPRISE_ITEM: '{"a":"it\'s"}', REPRISE_ITEM_A: "it's" };

  it('are in the environment of a command', async () => {
    const work = { kind: 'command', run: 'echo "a=$REPRISE_ITEM_A" >> $REPRISE_OUTPUT', variables } as const;
    expect(await harness().run('', { work })).toMatchObject({ outputs: { a: "it's" } });
  });

  it('are in the environment of a suite', async () => {
    const { run } = harness({ suites: { smoke: 'echo "a=$REPRISE_ITEM_A" >> $REPRISE_OUTPUT' } });
    const work = { kind: 'suite', suite: 'smoke', variables } as const;
    expect(await run('', { work })).toMatchObject({ outputs: { a: "it's" } });
  });
});

describe('a command that undoes an attempt', () => {
  const run = 'echo "of=$REPRISE_COMPENSATES $REPRISE_OUTPUTS" >> $REPRISE_OUTPUT';

  it.each([
    [{ attempt: 3, outputs: { id: 'db-7', ports: [1] } }, '3 {"id":"db-7","ports":[1]}'],
    [{ attempt: 1 }, '1 {}'],
  ])('is told which, and what that handed on: %j', async (compensates, of) => {
    const work = { kind: 'command', run, compensates } as const;
    expect(await harness().run('', { work })).toMatchObject({ outputs: { of } });
  });

  it('alone is told so', async () => {
    expect(await harness().run(run)).toMatchObject({ outputs: { of: ' ' } });
  });
});

describe('stopping', () => {
  const stubborn = (file: string) =>
    `sh -c 'trap "" TERM; echo $$ > ${file}.child; while :; do sleep 0.05; done' & trap "" TERM; echo $$ > ${file}; wait`;

  it('ends the whole group of a command that is out of time, grandchildren that ignore SIGTERM included', async () => {
    const { dir, executor, ending } = harness();
    const file = join(dir, 'pid');
    await executor.submit(request(stubborn(file), { timeoutMs: 500 }));
    const child = await until(() => Number(readIfThere(`${file}.child`)) || undefined, 'the grandchild');
    expect(runs(child)).toBe(true);
    expect(await ending()).toMatchObject({ failure: { kind: 'timeout', message: 'timed out after 500 ms' } });
    await until(() => !runs(child), 'the end of the grandchild');
  });

  it('ends what has left the group too', async () => {
    const { dir, executor, ending } = harness();
    const file = join(dir, 'pid');
    await executor.submit(request(`setsid sh -c 'echo $$ > ${file}; exec sleep 60' & wait`));
    const away = await until(() => Number(readIfThere(file)) || undefined, 'the process that went away');
    await executor.cancel(request(''), 'no longer wanted');
    expect(await ending()).toMatchObject({ failure: { kind: 'cancelled', message: 'no longer wanted' } });
    await until(() => !runs(away), 'its end');
  });

  it('leaves a command the time to clean up', async () => {
    const { dir, executor, ending } = harness({ graceMs: 10_000 });
    const file = join(dir, 'clean');
    await executor.submit(
      request(`trap 'echo bye > ${file}; exit 0' TERM; echo > ${file}.up; while :; do sleep 0.02; done`),
    );
    await until(() => readIfThere(`${file}.up`) !== '', 'the command');
    await executor.cancel(request(''), 'enough');
    expect(await ending()).toMatchObject({ failure: { kind: 'cancelled' } });
    expect(readFileSync(file, 'utf8')).toBe('bye\n');
  });

  it('ends what a finished command left in the background', async () => {
    const { dir, run } = harness();
    const file = join(dir, 'pid');
    expect(await run(`sleep 60 & echo $! > ${file}`)).toMatchObject({ type: 'succeeded' });
    await until(() => !runs(Number(readFileSync(file, 'utf8'))), 'the end of the background process');
  });

  it('outlives a command that signals its own group', async () => {
    expect(await harness().run('trap "exit 4" TERM; kill 0; sleep 5')).toMatchObject({
      failure: { kind: 'exit', exitCode: 4 },
    });
  });

  it('right after the start leaves nothing for a wrapper that comes late', async () => {
    const { dir, executor, ending } = harness();
    void executor.submit(request(`touch ${join(dir, 'ran')}; sleep 60`));
    await executor.cancel(request(''), 'at once');
    expect(await ending()).toMatchObject({ failure: { kind: 'cancelled', message: 'at once' } });
    expect(await executor.status(request(''))).toBe('finished');
  });

  it('of everything resolves when all has ended and is reported', async () => {
    const { executor, reports } = harness();
    await Promise.all(['a', 'b', 'c'].map((nodeId) => executor.submit(request('sleep 60', { nodeId }))));
    await executor.killAll('shutting down');
    const endings = reports.filter(({ report }) => report.type === 'failed');
    expect(endings.map(({ ref }) => ref.nodeId).sort()).toEqual(['a', 'b', 'c']);
  });
});

describe('logs', () => {
  it('stay below their cap, keep the newest lines and say how much is gone', async () => {
    const cap = 100_000;
    const { dir, run } = harness({ logCapBytes: cap });
    await run('i=0; while [ $i -lt 60000 ]; do echo "line $i"; i=$((i+1)); done; echo the end');
    const path = join(dir, 'job/attempts/a.1.out');
    const text = readFileSync(path, 'utf8');
    expect(statSync(path).size).toBeLessThanOrEqual(cap);
    expect(text).toMatch(/^\[reprise: \d+ bytes dropped here/m);
    expect(text.endsWith('line 59999\nthe end\n')).toBe(true);
  });

  it('are cut while the command still writes', async () => {
    const { dir, executor } = harness({ logCapBytes: 50_000 });
    await executor.submit(request('while :; do echo "a line of some length, again and again"; done >&2'));
    const path = join(dir, 'job/attempts/a.1.err');
    await until(() => readIfThere(path).startsWith('[reprise:'), 'the cut');
  });
});
