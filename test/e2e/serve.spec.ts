import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { JobView } from '../../lib/contract/jobs';
import { until, type Workspace, workspace } from '../support/e2e-cli';
import { daemons, serve } from '../support/e2e-daemon';

interface Address {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

function addressOf(space: Workspace): Address {
  return JSON.parse(readFileSync(join(space.dir, '.reprise/server.json'), 'utf8')) as Address;
}

async function call(space: Workspace, method: string, path: string, body?: unknown) {
  const { url, token } = addressOf(space);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const response = await fetch(`${url}${path}`, init);
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

async function json(space: Workspace, ...args: string[]) {
  const { code, stdout, stderr } = await space.run(...args, '--json');
  if (code !== 0) throw new Error(`${args.join(' ')}: exit ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Statuses of all jobs, oldest first. */
async function statuses(space: Workspace): Promise<string[]> {
  const { body } = await call(space, 'GET', '/jobs?limit=100');
  return (body as unknown as { jobs: { status: string }[] }).jobs.map(({ status }) => status).reverse();
}

async function ended(space: Workspace, n: number): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    const all = await statuses(space);
    if (all.length === n && all.every((status) => status !== 'submitted' && status !== 'running')) return;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(`waited in vain for the end of ${n} jobs`);
}

/** A graph whose command waits for a file, and a trigger that starts it by an event. */
function setUp(): Workspace {
  const space = workspace();
  space.write(
    'push.graph.yaml',
    `name: pushed
nodes:
  - id: test
    run: 'echo "start $REPRISE_PARAM_COMMIT" >> log; while test ! -e go; do sleep 0.05; done; echo "end $REPRISE_PARAM_COMMIT" >> log'
  - { id: report, run: 'echo "report $REPRISE_PARAM_COMMIT" >> log', needs: [test], when: "parameters.commit != ''" }
`,
  );
  space.write(
    'push.trigger.yaml',
    `name: on-push
on: { event: { source: [git], detail: { branch: [main] } } }
overlap: queue
job: { graph: push.graph.yaml, priority: high, parameters: { commit: $.detail.commit } }
`,
  );
  for (const commit of ['one', 'two']) {
    const event = { source: 'git', 'detail-type': 'push', detail: { branch: 'main', commit } };
    space.write(`${commit}.json`, JSON.stringify(event));
  }
  return space;
}

describe('reprise serve', () => {
  it('starts a job of a trigger by an event, with what the event says in its environment', async () => {
    const space = setUp();
    space.write('go', '');
    await serve(space);
    expect(await json(space, 'trigger', 'set', 'push.trigger.yaml')).toMatchObject({
      name: 'on-push',
      status: 'active',
    });
    expect(await json(space, 'event', 'one.json')).toMatchObject({ triggers: ['on-push'] });
    await ended(space, 1);
    expect(space.lines('log')).toEqual(['start one', 'end one', 'report one']);
    const shown = await json(space, 'trigger', 'show', 'on-push');
    expect(shown).toMatchObject({ running: [], recent: [{ what: 'fired' }] });
    const { body } = await call(space, 'GET', `/jobs/${shown.recent[0].job_id}`);
    expect(body).toMatchObject({
      status: 'succeeded',
      priority: 'high',
      trigger: 'on-push',
      parameters: { commit: 'one' },
    });
    expect(await space.run('journal', 'verify', shown.recent[0].job_id)).toMatchObject({ code: 0 });
  });

  it('that is killed between a firing and the end of its job goes on: each command once, nothing lost', async () => {
    const space = setUp();
    const first = await serve(space);
    await json(space, 'trigger', 'set', 'push.trigger.yaml');
    await json(space, 'event', 'one.json');
    await json(space, 'event', 'two.json');
    await until(() => space.lines('log').length === 1, 'the command runs');
    first.child.kill('SIGKILL');
    await first.done;
    const gone = await space.run('trigger', 'list');
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('reprise serve')]);
    // It ends while nobody watches.
    space.write('go', '');
    await until(() => space.lines('log').includes('end one'), 'the command ends by itself');
    const second = await serve(space);
    expect(second.stderr()).toContain('took up 1 job and 1 trigger');
    await ended(space, 2);
    expect(space.lines('log')).toEqual([
      'start one',
      'end one',
      'report one',
      'start two',
      'end two',
      'report two',
    ]);
    const { recent } = await json(space, 'trigger', 'show', 'on-push');
    expect(recent.map(({ what }: { what: string }) => what)).toEqual(['fired', 'queued', 'fired']);
  });

  it('that is asked to stop leaves commands running, says so, and takes its address away', async () => {
    const space = setUp();
    const first = await serve(space);
    await json(space, 'trigger', 'set', 'push.trigger.yaml');
    const { job_ids } = await json(space, 'trigger', 'fire', 'on-push');
    await until(() => space.lines('log').length === 1, 'the command runs');
    first.child.kill('SIGTERM');
    expect(await first.done).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('stopped with 1 job not over'),
    });
    expect(() => addressOf(space)).toThrow();
    space.write('go', '');
    await serve(space);
    await ended(space, 1);
    // Fired by hand, it has no event to take a commit from, so the condition of the report does not hold.
    expect(space.lines('log')).toEqual(['start ', 'end ']);
    expect(await call(space, 'GET', `/jobs/${job_ids[0]}`)).toMatchObject({
      body: { nodes: { test: { attempts: 1 } } },
    });
  });

  it('has its directory for itself, and its address for its user', async () => {
    const space = setUp();
    const { child } = await serve(space);
    const { url, pid } = addressOf(space);
    expect(pid).toBe(child.pid);
    expect(statSync(join(space.dir, '.reprise/server.json')).mode & 0o777).toBe(0o600);
    const second = await space.run('serve', '--port', '0');
    expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining(`process ${pid} serves`) });
    expect(addressOf(space).pid).toBe(pid);
    expect((await fetch(`${url}/jobs`)).status).toBe(401);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const taken = workspace();
    const port = new URL(url).port;
    expect(await taken.run('serve', '--port', port)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(port),
    });
  });

  it('ends where its log can take no more, whatever asked for it, and the next one goes on', async () => {
    const space = setUp();
    space.write('one.graph.yaml', 'name: one\nnodes: [{ id: a, run: "true" }]');
    const daemon = await serve(space);
    // A segment grows by a MiB.
    execFileSync('prlimit', ['--pid', String(daemon.child.pid), '--fsize=524288']);
    expect(await space.run('submit', 'one.graph.yaml')).not.toMatchObject({ code: 0 });
    const { code, stderr } = await daemon.done;
    expect(code).toBe(1);
    expect(stderr).toContain('can take no more: EFBIG');
    await serve(space);
    expect(await space.run('submit', 'one.graph.yaml')).toMatchObject({ code: 0 });
    await ended(space, 1);
  });

  it('ends in order at a signal that comes as soon as it says that it serves', async () => {
    const daemon = setUp().start('serve', '--port', '0');
    daemons.push(daemon);
    let isTold = false;
    daemon.child.stderr?.on('data', () => {
      if (isTold || !daemon.stderr().includes('serving ')) return;
      isTold = true;
      daemon.child.kill('SIGTERM');
    });
    const { code, signal, stderr } = await daemon.done;
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(stderr).toContain('stopped');
  });

  it('leaves the jobs of `reprise run` to whoever runs them', async () => {
    const space = setUp();
    const run = space.start('run', 'push.graph.yaml', '--job', 'mine', '--json');
    await until(() => space.lines('log').length === 1, 'the command runs');
    run.child.kill('SIGKILL');
    await run.done;
    await serve(space);
    expect(await statuses(space)).toEqual([]);
    expect(await call(space, 'GET', '/jobs/mine')).toMatchObject({
      status: 404,
      body: { code: 'JOB_NOT_FOUND' },
    });
    space.write('go', '');
    expect(await space.run('resume', 'mine', '--json')).toMatchObject({ code: 0 });
    expect(space.lines('log')).toEqual(['start ', 'end ']);
    // It is read where it is over, and is still not one of the daemon's.
    const over = await call(space, 'GET', '/jobs/mine');
    expect(over).toMatchObject({ status: 200, body: { job_id: 'mine', status: 'succeeded' } });
    expect((await call(space, 'GET', '/jobs/mine/events')).status).toBe(200);
    const shared = await call(space, 'POST', '/jobs/mine/share', { user: 'ben' });
    expect(shared).toMatchObject({ status: 404, body: { code: 'JOB_NOT_FOUND' } });
    // Nothing of it can be undone, whoever asks.
    const rolledBack = await call(space, 'POST', '/jobs/mine/rollback', { reason: 'x' });
    expect(rolledBack).toMatchObject({ status: 409, body: { code: 'STATE_CONFLICT' } });
    expect(await statuses(space)).toEqual([]);
  });

  it('is brought down twice by a job that it takes up, and then sets it aside and names it', async () => {
    const space = workspace();
    const command = 'echo a >> log; until test -e go; do sleep 0.05; done; echo b >> log';
    const first = await serve(space);
    const graph = { name: 'g', nodes: [{ id: 'a', run: command }] };
    const { body } = await call(space, 'POST', '/jobs', { execution_graph: graph });
    const jobId = body['job_id'] as unknown as string;
    await until(() => space.lines('log').length === 1, 'the command runs');
    first.child.kill('SIGKILL');
    await first.done;
    // Whoever reads this graph never comes back.
    const file = join(space.dir, '.reprise/graphs', `${body['graph_hash']}.json`);
    renameSync(file, `${file}.kept`);
    execFileSync('mkfifo', [file]);
    const marks = join(space.dir, '.reprise/taking-up.json');
    for (const deaths of [1, 2]) {
      const daemon = space.start('serve', '--port', '0');
      daemons.push(daemon);
      await until(
        () => existsSync(marks) && readFileSync(marks, 'utf8') === JSON.stringify({ [jobId]: deaths }),
        'the job is being taken up',
      );
      daemon.child.kill('SIGKILL');
      await daemon.done;
    }
    const third = await serve(space);
    expect(third.stderr()).toContain(`job ${jobId} is set aside: the last two daemons died`);
    expect(third.stderr()).toContain(`delete ${marks}`);
    const other = { name: 'g', nodes: [{ id: 'a', run: 'echo other >> log' }] };
    expect(await call(space, 'POST', '/jobs', { execution_graph: other })).toMatchObject({ status: 202 });
    await until(() => space.lines('log').includes('other'), 'another job runs');
    third.child.kill('SIGTERM');
    await third.done;

    rmSync(file);
    renameSync(`${file}.kept`, file);
    rmSync(marks);
    const fourth = await serve(space);
    expect(fourth.stderr()).toContain('took up');
    space.write('go', '');
    await until(() => space.lines('log').includes('b'), 'the job goes on');
    expect(existsSync(marks)).toBe(false);
  });

  it('takes jobs, their suites and resources, and passes variables on', async () => {
    const space = workspace();
    space.write('suites.yaml', 'smoke: echo "smoke $STAGE" >> log');
    await serve(
      space,
      '--suites',
      'suites.yaml',
      '--env',
      'STAGE=qa',
      '--slots',
      '4',
      '--resources',
      'browser=1',
    );
    const graph = (resources: object) => ({
      name: 'g',
      nodes: [
        { id: 'a', suite: 'smoke' },
        { id: 'b', run: 'echo b >> log; sleep 0.2; echo b >> log', resources },
        { id: 'c', run: 'echo c >> log; sleep 0.2; echo c >> log', resources },
      ],
    });
    const wide = await call(space, 'POST', '/jobs', { execution_graph: graph({ slots: 1, browser: 2 }) });
    expect(wide).toMatchObject({ status: 400, body: { code: 'NODE_UNSCHEDULABLE' } });
    expect(
      (await call(space, 'POST', '/jobs', { execution_graph: graph({ slots: 1, browser: 1 }) })).status,
    ).toBe(202);
    await ended(space, 1);
    expect(
      space
        .lines('log')
        .filter((line) => line !== 'smoke qa')
        .join(''),
    ).toMatch(/^(bbcc|ccbb)$/);
    expect(space.lines('log')).toContain('smoke qa');
  });
});

describe('reprise trigger', () => {
  it('sets, lists, shows, pauses, unpauses and deletes', async () => {
    const space = setUp();
    await serve(space);
    space.write(
      'nightly.trigger.yaml',
      "name: nightly\non: { schedule: { cron: '30 2 * * 1-5', timezone: Europe/Paris } }\njob: { graph: push.graph.yaml, deadline: 2h }\n",
    );
    await json(space, 'trigger', 'set', 'push.trigger.yaml');
    const nightly = await json(space, 'trigger', 'set', 'nightly.trigger.yaml');
    expect(nightly).toMatchObject({
      overlap: 'skip',
      job: { deadline_seconds: 7_200 },
      next: [expect.any(String), expect.any(String), expect.any(String)],
    });
    const list = await space.run('trigger', 'list');
    expect(list.stdout.split('\n')).toEqual([
      'nightly  active  30 2 * * 1,2,3,4,5  Europe/Paris  missed latest',
      'on-push  active  {"source":["git"],"detail":{"branch":["main"]}}',
      '',
    ]);
    expect(await json(space, 'trigger', 'pause', 'nightly')).toMatchObject({ status: 'paused' });
    expect(await json(space, 'event', 'one.json')).toMatchObject({ triggers: ['on-push'] });
    expect(await json(space, 'trigger', 'unpause', 'nightly')).toMatchObject({ status: 'active' });
    expect(await json(space, 'trigger', 'delete', 'nightly')).toMatchObject({ name: 'nightly' });
    expect(await space.run('trigger', 'show', 'nightly')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no trigger nightly'),
    });
    expect(await json(space, 'trigger', 'list')).toMatchObject({ triggers: [{ name: 'on-push' }] });
  });

  it('says so when no daemon runs, and that a deployed engine takes no events over HTTP', async () => {
    const space = setUp();
    for (const args of [
      ['trigger', 'list'],
      ['trigger', 'fire', 'x'],
      ['event', 'one.json'],
    ]) {
      expect(await space.run(...args)).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining('`reprise serve`'),
      });
    }
    expect(await space.run('event', 'one.json', '--api', 'http://127.0.0.1:1', '--token', 'x')).toMatchObject(
      {
        code: 2,
        stderr: expect.stringContaining('PutEvents'),
      },
    );
    expect(await space.run('trigger', 'list', '--api', 'http://127.0.0.1:1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('REPRISE_TOKEN'),
    });
  });
});

describe('reprise dependency', () => {
  it('holds a dependency open while a job waits for it, and lets it go on', async () => {
    const space = workspace();
    await serve(space);
    expect((await space.run('dependency', 'list')).stdout).toBe('no dependencies\n');
    const force = ['dependency', 'force', 'payments', '--state', 'open', '--reason', 'maintenance'];
    expect(await json(space, ...force)).toMatchObject({ state: 'open', forced: true });
    const nodes = [
      { id: 'pay', run: 'echo paid >> log', dependencies: ['payments'] },
      { id: 'other', run: 'echo other >> log' },
    ];
    const submitted = await call(space, 'POST', '/jobs', { execution_graph: { name: 'shop', nodes } });
    const path = `/jobs/${submitted.body['job_id']}`;
    const job = async () => (await call(space, 'GET', path)).body as never as JobView;
    for (const end = Date.now() + 20_000; (await job()).nodes['other']?.status !== 'succeeded'; ) {
      if (Date.now() > end) throw new Error('waited in vain for what needs nothing');
      await new Promise((wake) => setTimeout(wake, 50));
    }
    expect((await job()).nodes['pay']).toMatchObject({ status: 'ready', waits_for: 'payments' });
    const list = await space.run('dependency', 'list');
    expect(list.stdout).toBe('payments  open (forced)    maintenance\n');

    expect(await json(space, 'dependency', 'reset', 'payments')).toMatchObject({ state: 'closed' });
    await ended(space, 1);
    expect((await job()).nodes['pay']).toMatchObject({ status: 'succeeded', attempts: 1 });
    expect(space.lines('log').sort()).toEqual(['other', 'paid']);
    const shown = (await space.run('dependency', 'show', 'payments')).stdout;
    expect(shown).toContain('payments  closed');
    expect(shown).toContain('1 counted, 0 failed, 0 slow');
    expect(shown).toMatch(/open .*: maintenance/);
  });

  it('says what is wrong with a name, a state and a file of policies', async () => {
    const space = workspace();
    space.write('policies.yaml', 'byName: { payments: { openMs: soon } }\n');
    for (const [args, said] of [
      [['dependency', 'show', 'pay/ments'], "a dependency's name is 1 to 64 letters"],
      [['dependency', 'force', 'payments', '--state', 'ajar'], 'Allowed choices are open, closed'],
      [['serve', '--port', '0', '--dependencies', 'policies.yaml'], 'byName.payments.openMs'],
    ] as const) {
      expect(await space.run(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
    }
  });
});
