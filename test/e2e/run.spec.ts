import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../../lib/cli/render/result';
import { type CliResult, until, type Workspace, workspace } from '../support/e2e-cli';

const MIXED = `
name: mixed
defaults: { retry: { strategy: fixed, initialDelay: 50ms, jitter: none, maxAttempts: 2 } }
nodes:
  - { id: build, run: echo build >> order }
  - { id: __proto__, run: echo proto >> order, needs: [build] }
  - { id: flaky, run: "test -e once || { touch once; echo not this time; exit 7; }", needs: [build] }
  - { id: broken, run: "echo the reason >&2; exit 3", needs: [build] }
  - { id: below, run: echo below >> order, needs: [broken] }
  - { id: unwanted, run: echo unwanted >> order, needs: [build], when: results.build.attempts > 1 }
  - { id: report, run: echo report >> order, needs: [broken, __proto__, below], trigger: all_done }
`;

function statuses(stdout: string): Record<string, string> {
  const { nodes } = JSON.parse(stdout) as RunResult;
  return Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, node.status]));
}

describe('reprise run', () => {
  let space: Workspace;
  beforeEach(() => {
    space = workspace();
  });

  it('runs a graph in the order of its needs and exits 0', async () => {
    space.write(
      'g.yaml',
      'name: g\nnodes: [{ id: b, run: echo b >> order, needs: [a] }, { id: a, run: echo a >> order }]',
    );
    const { code, stdout } = await space.run('run', 'g.yaml', '--json', '--job', 'first');
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as RunResult;
    expect(result).toMatchObject({ jobId: 'first', status: 'succeeded' });
    expect(result.durationSeconds).toBeGreaterThan(0);
    expect(Object.keys(result)).toEqual(['jobId', 'status', 'durationSeconds', 'nodes']);
    expect(result.nodes.a).toEqual({ status: 'succeeded', attempts: 1, durationSeconds: expect.any(Number) });
    expect(space.lines('order')).toEqual(['a', 'b']);
  });

  it('ends with what retries, conditions and trigger rules make of it, and exits 1 for a failure', async () => {
    space.write('g.yaml', MIXED);
    const { code, stdout, stderr } = await space.run('run', 'g.yaml', '--json', '--slots', '2');
    expect(code).toBe(1);
    expect(Object.entries(statuses(stdout))).toEqual([
      ['build', 'succeeded'],
      ['__proto__', 'succeeded'],
      ['flaky', 'succeeded'],
      ['broken', 'failed'],
      ['below', 'skipped'],
      ['unwanted', 'skipped'],
      ['report', 'succeeded'],
    ]);
    const { nodes } = JSON.parse(stdout) as RunResult;
    expect([nodes.flaky?.attempts, nodes.broken?.attempts, nodes.below?.attempts]).toEqual([2, 2, 0]);
    expect(space.lines('order').sort()).toEqual(['build', 'proto', 'report']);
    expect(stderr).toMatch(/flaky +attempt 1 failed \(exit status 7\), again in 50 ms/);
    expect(stderr).toMatch(/below +skipped: all_success does not hold: broken failed/);
    expect(stderr).toMatch(/broken +failed after 2 attempts: exit status 3\n.*the reason/);
    expect(stderr).toContain('│ not again: all 2 attempts failed\n');
  });

  it('prints one JSON document and nothing else on standard output, and the job id at once on standard error', async () => {
    space.write('g.yaml', 'name: g\nnodes: [{ id: a, run: "echo loud; echo noise >&2" }]');
    const { stdout, stderr } = await space.run('run', 'g.yaml', '--json');
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const { jobId } = JSON.parse(stdout) as RunResult;
    expect(jobId).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(stderr.split('\n')[0]).toBe(`job ${jobId}`);
  });

  it('ends with a table for people', async () => {
    space.write('g.yaml', MIXED);
    const { stdout } = await space.run('run', 'g.yaml', '--job', 'j');
    expect(stdout).toMatch(/^node +status +attempts +duration$/m);
    expect(stdout).toMatch(/^flaky +✔ succeeded +2 +\d/m);
    expect(stdout).toMatch(/^FAILED in .*: 4 succeeded, 1 failed, 2 skipped$/m);
    expect(stdout).toContain('reprise resume j');
  });

  it('keeps the output of every attempt', async () => {
    space.write('g.yaml', MIXED);
    const { stderr } = await space.run('run', 'g.yaml', '--job', 'j');
    const logs = /full logs: (\S+)\.\*/.exec(stderr)?.[1] as string;
    expect(readFileSync(join(space.dir, `${logs}.err`), 'utf8')).toBe('the reason\n');
  });

  it.each(['--slots', '--workers'])('runs no more at once than it has slots: %s', async (option) => {
    const nodes = Array.from(
      { length: 8 },
      (_, i) => `{ id: n${i}, run: "echo + >> log; sleep 0.1; echo - >> log" }`,
    );
    space.write('g.yaml', `name: g\nnodes: [${nodes.join(', ')}]`);
    expect((await space.run('run', 'g.yaml', '--job', 'j', option, '3')).code).toBe(0);
    const record = readFileSync(join(space.dir, '.reprise/jobs/j/run.json'), 'utf8');
    expect(JSON.parse(record)).toMatchObject({ slots: 3 });
    let [now, most] = [0, 0];
    for (const line of space.lines('log')) {
      now += line === '+' ? 1 : -1;
      most = Math.max(most, now);
    }
    expect(most).toBe(3);
  });

  it('runs commands where it was called, not where the graph lies', async () => {
    mkdirSync(join(space.dir, 'graphs'));
    space.write('graphs/g.yaml', 'name: g\nnodes: [{ id: a, run: touch here }]');
    expect((await space.run('run', 'graphs/g.yaml')).code).toBe(0);
    expect(existsSync(join(space.dir, 'here'))).toBe(true);
  });

  it('runs suites by the commands of the suites file', async () => {
    space.write('g.yaml', 'name: g\nnodes: [{ id: a, suite: smoke }]');
    space.write('suites.yaml', 'smoke: echo smoke >> order');
    expect((await space.run('run', 'g.yaml', '--suites', 'suites.yaml')).code).toBe(0);
    expect(space.lines('order')).toEqual(['smoke']);
  });

  it('shows commands the variables that are passed on, and no others', async () => {
    space.write(
      'g.yaml',
      'name: g\nnodes: [{ id: a, run: \'echo "${SHOWN-} ${GIVEN-} ${NODE_ENV-}" >> seen\' }]',
    );
    process.env['SHOWN'] = 'shown';
    await space.run('run', 'g.yaml', '--env', 'SHOWN', '--env', 'GIVEN=given', '--job', 'j');
    delete process.env['SHOWN'];
    expect(space.lines('seen')).toEqual(['shown given ']);
    expect(readFileSync(join(space.dir, '.reprise/jobs/j/run.json'), 'utf8')).not.toContain('given');
  });

  it('runs a fan-out, an item at a time where there is one worker, and reports each item', async () => {
    const nodes = [
      { id: 'list', run: `echo 'names:=["x", "y"]' >> $REPRISE_OUTPUT` },
      { id: 'each', run: 'echo {{ item }} >> order', needs: ['list'], forEach: 'results.list.outputs.names' },
      { id: 'end', run: 'echo end >> order', needs: ['each'] },
    ];
    space.write('g.yaml', JSON.stringify({ name: 'g', nodes }));
    const { code, stdout, stderr } = await space.run('run', 'g.yaml', '--json', '--slots', '1');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(Object.keys(statuses(stdout))).toEqual(['list', 'each', 'each-1', 'each-2', 'end']);
    expect(space.lines('order')).toEqual(['x', 'y', 'end']);
    expect(stderr).toMatch(/5\/5 +✔ end/);
  });

  it('hands items and values of a matrix to commands as they are, in whatever quotes', async () => {
    const hostile = ['$(touch pwned)', "'; touch pwned; '", 'a  b', '-n'];
    const print = `printf '%s\\n' {{ item.text }} "<{{ item.text }}>" "$REPRISE_ITEM_TEXT" >> seen-{{ index1 }}`;
    const nodes = [
      { id: 'list', run: `cat items.json > $REPRISE_OUTPUT` },
      { id: 'each', run: print, needs: ['list'], forEach: 'results.list.outputs.items' },
      {
        id: 'm',
        run: 'printf "%s %s" {{ os }} "$REPRISE_MATRIX_OS" > m-{{ index1 }}',
        matrix: { os: ["it's  $(x)"] },
        shards: 1,
      },
    ];
    space.write('items.json', JSON.stringify({ items: hostile.map((text) => ({ text })) }));
    space.write('g.yaml', JSON.stringify({ name: 'g', nodes }));
    const { code, stderr } = await space.run('run', 'g.yaml');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    hostile.forEach((text, i) => {
      expect(space.lines(`seen-${i + 1}`)).toEqual([text, `<${text}>`, text]);
    });
    expect(space.lines('m-1')).toEqual(["it's  $(x) it's  $(x)"]);
    expect(existsSync(join(space.dir, 'pwned'))).toBe(false);
  });

  it('outlives conditions that grow, loop or run deep, which fail their nodes alone', async () => {
    const hostile = {
      grows: "($t := $join([1..9000].('012345')); $count([1..9000].($uppercase($t & 'a'))) > 1)",
      doubles: "$reduce([1..60], function($a, $b) { $a & $a }, 'xy') = 'x'",
      loops: '($f := function($x) { $f($x + 1) }; $f(1) > 0)',
      deep: '($f := function($x) { 1 + $f($x) }; $f(1) > 0)',
      split: "$count($split($join([1..16000].('xxxx')), '')) > 1",
      text: 'results.a.outputs.ok = true',
    };
    const nodes = [
      { id: 'a', run: 'echo ok=true >> $REPRISE_OUTPUT' },
      ...Object.entries(hostile).map(([id, when]) => ({ id, run: 'touch ran', needs: ['a'], when })),
      { id: 'good', run: 'echo good >> order', needs: ['a'], when: "results.a.outputs.ok = 'true'" },
      {
        id: 'clean',
        run: 'echo clean >> order',
        needs: [...Object.keys(hostile), 'good'],
        trigger: 'always',
      },
    ];
    space.write('g.yaml', JSON.stringify({ name: 'g', nodes }));
    const { code, stdout, stderr } = await space.run('run', 'g.yaml', '--json', '--job', 'j');
    expect({ code, stderr }).toMatchObject({ code: 1 });
    const failed = Object.fromEntries(Object.keys(hostile).map((id) => [id, 'failed']));
    expect(statuses(stdout)).toEqual({ a: 'succeeded', ...failed, good: 'succeeded', clean: 'succeeded' });
    expect(space.lines('order')).toEqual(['good', 'clean']);
    expect(stderr).toContain(`results.a.outputs.ok is the text "true"`);
    expect((await space.run('resume', 'j')).code).toBe(1);
    expect(existsSync(join(space.dir, 'ran'))).toBe(false);
  });

  it('keeps its journal where it is told', async () => {
    space.write('g.yaml', 'name: g\nnodes: [{ id: a, run: "true" }]');
    expect((await space.run('run', 'g.yaml', '--journal', 'kept', '--job', 'j')).code).toBe(0);
    expect(readdirSync(join(space.dir, 'kept', 'jobs'))).toEqual(['j']);
    expect(existsSync(join(space.dir, '.reprise'))).toBe(false);
    expect((await space.run('journal', 'verify', 'j', '--journal', 'kept')).code).toBe(0);
  });

  describe('refuses with exit status 2, saying why, before anything runs', () => {
    const ok = 'name: g\nnodes: [{ id: a, run: touch ran }]';
    it.each([
      ['a graph that is not there', [], undefined, 'no such file'],
      [
        'a graph with a cycle',
        [],
        'name: g\nnodes: [{ id: a, run: x, needs: [b] }, { id: b, run: x, needs: [a] }]',
        'a -> b',
      ],
      ['no slots', ['--slots', '0'], ok, '--slots'],
      ['no slots, by their older name', ['--workers', '0'], ok, '--workers'],
      ['a job id that is a path', ['--job', '../x'], ok, 'job id'],
      ['an unknown option', ['--wrong'], ok, '--wrong'],
      [
        'a node wider than the machine',
        ['--slots', '2'],
        'name: g\nnodes: [{ id: a, run: touch ran, resources: { slots: 3 } }]',
        'raise --slots',
      ],
      ['a suite that nothing resolves', [], 'name: g\nnodes: [{ id: a, suite: smoke }]', '--suites'],
      ['a suites file that is not there', ['--suites', 'none.yaml'], ok, 'no such file'],
    ] as const)('%s', async (_, args, graph, says) => {
      if (graph !== undefined) space.write('g.yaml', graph);
      const { code, stdout, stderr } = await space.run('run', 'g.yaml', '--json', ...args);
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toEqual({ error: expect.objectContaining({ code: expect.any(String) }) });
      expect(stderr).toContain(says);
      expect(existsSync(join(space.dir, 'ran'))).toBe(false);
    });

    it('a job id that the journal holds', async () => {
      space.write('g.yaml', ok);
      await space.run('run', 'g.yaml', '--job', 'j');
      const { code, stderr } = await space.run('run', 'g.yaml', '--job', 'j');
      expect(code).toBe(2);
      expect(stderr).toContain('reprise resume j');
    });
  });
});

describe('an interrupted run', () => {
  const SLOW = `
name: slow
nodes:
  - { id: long, run: "echo $$ >> pids; sleep 60; echo end >> log" }
  - { id: after, run: echo after >> log, needs: [long] }
`;

  function isRunning(pid: string): boolean {
    try {
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  }

  /** Ctrl-C, again and again, until the process ends. */
  async function pressed(child: ChildProcess, done: Promise<CliResult>): Promise<CliResult> {
    const presses = setInterval(() => child.kill('SIGINT'), 100);
    return done.finally(() => clearInterval(presses));
  }

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'cancels its job on %s, ends its commands, prints the result and exits 1',
    async (signal) => {
      const space = workspace();
      space.write('g.yaml', SLOW);
      const { child, done } = space.start('run', 'g.yaml', '--json', '--job', 'j');
      await until(() => space.lines('pids').length === 1, 'the command runs');
      child.kill(signal);
      const { code, stdout } = await done;
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ status: 'cancelled' });
      expect(statuses(stdout)).toEqual({ long: 'cancelled', after: 'cancelled' });
      expect(space.lines('pids').filter(isRunning)).toEqual([]);
      expect(space.lines('log')).toEqual([]);
      expect((await space.run('journal', 'verify', 'j')).code).toBe(0);
    },
  );

  it('ends everything at once on the second signal, and can be resumed', async () => {
    const space = workspace();
    space.write(
      'g.yaml',
      SLOW.replace(
        'echo $$ >> pids; sleep 60',
        'trap : TERM; echo $$ >> pids; test -e go || { sleep 60 & wait; sleep 60; }',
      ),
    );
    const { child, stderr, done } = space.start('run', 'g.yaml', '--json', '--job', 'j');
    await until(() => space.lines('pids').length === 1, 'the command runs');
    child.kill('SIGINT');
    await until(() => stderr().includes('once more'), 'the first signal is taken');
    expect((await pressed(child, done)).code).toBe(130);
    await until(() => space.lines('pids').filter(isRunning).length === 0, 'the command is gone');
    writeFileSync(join(space.dir, 'go'), '');
    const resumed = await space.run('resume', 'j', '--json');
    expect({ code: resumed.code, ...statuses(resumed.stdout) }).toEqual({
      code: 0,
      long: 'succeeded',
      after: 'succeeded',
    });
  });

  describe('of a job with a clean-up', () => {
    const CLEANED = `
name: cleaned
nodes:
  - { id: setup, run: echo up >> log }
  - { id: test, run: "echo $$ >> pids; test -e go || sleep 60", needs: [setup] }
  - id: teardown
    run: "echo down >> log; echo $$ >> pids; ! test -e hold || sleep 60"
    needs: [test]
    trigger: always
`;
    let space = workspace();

    beforeEach(() => {
      space = workspace();
      space.write('g.yaml', CLEANED);
    });

    async function interrupted() {
      const run = space.start('run', 'g.yaml', '--json', '--job', 'j');
      await until(() => space.lines('pids').length === 1, 'the test runs');
      run.child.kill('SIGINT');
      return run;
    }

    it('runs it after the signal, which npm may pass on a second time, and then ends as cancelled', async () => {
      const { child, done } = await interrupted();
      child.kill('SIGINT');
      const { code, stdout, stderr } = await done;
      expect(statuses(stdout)).toEqual({ setup: 'succeeded', test: 'cancelled', teardown: 'succeeded' });
      expect([code, JSON.parse(stdout).status]).toEqual([1, 'cancelled']);
      expect(stderr).toContain('running 1 clean-up node, press Ctrl-C again to end it');
      expect(space.lines('log')).toEqual(['up', 'down']);
    });

    it('runs it after the deadline', async () => {
      const { code, stdout } = await space.run('run', 'g.yaml', '--json', '--deadline', '3s');
      expect([code, JSON.parse(stdout).status]).toEqual([1, 'failed']);
      expect(statuses(stdout)).toMatchObject({ test: 'cancelled', teardown: 'succeeded' });
      expect(space.lines('log')).toEqual(['up', 'down']);
    });

    it('ends it with the second press, and runs it before all else when the job is resumed', async () => {
      space.write('hold', '');
      const { child, done } = await interrupted();
      await until(() => space.lines('pids').length === 2, 'the clean-up runs');
      const { code, stderr } = await pressed(child, done);
      expect(code).toBe(130);
      expect(stderr).toContain('`reprise resume j` first runs that');
      await until(() => space.lines('pids').filter(isRunning).length === 0, 'the clean-up is gone');
      rmSync(join(space.dir, 'hold'));
      space.write('go', '');
      const resumed = await space.run('resume', 'j', '--json');
      expect(resumed.code).toBe(0);
      expect(statuses(resumed.stdout)).toEqual({
        ...{ setup: 'succeeded', test: 'succeeded', teardown: 'succeeded' },
      });
      expect(space.lines('log')).toEqual(['up', 'down', 'down', 'down']);
    });
  });
});
