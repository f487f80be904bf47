import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Check } from '../../lib/core/doctor/check';
import { builtCli, until, type Workspace, workspace } from '../support/e2e-cli';
import { serve } from '../support/e2e-daemon';

async function json(space: Workspace, ...args: string[]) {
  const { code, stdout, stderr } = await space.run(...args, '--json');
  if (code !== 0) throw new Error(`${args.join(' ')}: exit ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

/** What a daemon answers to a job whose node may be tried three times. */
async function submit(space: Workspace): Promise<{ status: number; text: string }> {
  const { url, token } = JSON.parse(readFileSync(join(space.dir, '.reprise/server.json'), 'utf8'));
  const node = { id: 'only', run: 'true', retry: { maxAttempts: 3 } };
  const response = await fetch(`${url}/jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ execution_graph: { name: 'often', nodes: [node] } }),
  });
  return { status: response.status, text: await response.text() };
}

const keyOf = async (space: Workspace, key: string) => {
  const { keys } = await json(space, 'config', 'show');
  return keys.find((each: { key: string }) => each.key === key);
};

describe('output that its file does not take', () => {
  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('is told without a stack, and by the exit status', async () => {
    const { dir } = workspace();
    const said = promisify(execFile)(
      'bash',
      ['-c', `'${process.execPath}' '${builtCli()}' list --json > /dev/full`],
      { cwd: dir },
    );
    await expect(said).rejects.toMatchObject({
      code: 2,
      stderr: 'reprise: cannot write the output: the disk is full\n',
    });
  });
});

describe('the configuration of a daemon', () => {
  it('holds at once when it is set, without a restart, and is taken back the same way', async () => {
    const space = workspace();
    await serve(space);
    expect((await submit(space)).status).toBe(202);
    const limits = '[{ node: only, maxAttempts: 2 }]';
    const { code } = await space.run('config', 'set', 'retries.limits', limits, '--reason', 'a frozen week');
    expect(code).toBe(0);
    const refused = await submit(space);
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('maxAttempts')]);
    await json(space, 'config', 'unset', 'retries.limits');
    expect((await submit(space)).status).toBe(202);

    const { changes } = await json(space, 'config', 'history');
    expect(changes).toMatchObject([
      { changes: [{ key: 'retries.limits', before: [{ node: 'only', maxAttempts: 2 }] }] },
      {
        reason: 'a frozen week',
        changes: [{ key: 'retries.limits', after: [{ node: 'only', maxAttempts: 2 }] }],
      },
    ]);
    const { records } = await json(space, 'audit', 'list', '--action', 'PUT /config');
    expect(records).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
    expect(await json(space, 'journal', 'verify', 'config/main')).toMatchObject({ valid: true, events: 2 });
  }, 60_000);

  it('is read again from its file; what is wrong there, or said by hand, takes no effect and is named', async () => {
    const space = workspace();
    mkdirSync(join(space.dir, '.reprise'));
    const file = join(space.dir, '.reprise/config.yaml');
    writeFileSync(file, 'retries: { explore: 0.05 }\n');
    const daemon = await serve(space);
    expect(await keyOf(space, 'retries.explore')).toMatchObject({ value: 0.05, origin: 'file' });

    writeFileSync(
      file,
      'retries: { explore: 0.07 }\nfeatures: { learned-retries: { enabled: true, percent: 25 } }\n',
    );
    await until(
      () => readFileSync(join(space.dir, '.reprise/config/main/journal.jsonl'), 'utf8').includes('0.07'),
      'the file is read',
    );
    expect(await keyOf(space, 'retries.explore')).toMatchObject({ value: 0.07, origin: 'file' });
    expect(await keyOf(space, 'features.learned-retries')).toMatchObject({
      value: { enabled: true, percent: 25 },
    });

    writeFileSync(file, 'retries: { explore: 7 }\n');
    await until(() => daemon.stderr().includes('retries.explore'), 'the daemon says what is wrong');
    expect(await keyOf(space, 'retries.explore')).toMatchObject({ value: 0.07 });
    const { code, stderr } = await space.run('config', 'set', 'retries.explore', 'much');
    expect([code, stderr]).toEqual([2, expect.stringContaining('retries.explore')]);
    const check = await space.run('config', 'check', '.reprise/config.yaml');
    expect([check.code, check.stderr]).toEqual([2, expect.stringMatching(/config\.yaml:1:\d+/)]);
    const { version } = await json(space, 'config', 'show');
    expect(version).toBe(2);
  }, 60_000);
});

describe('reprise doctor', () => {
  it('names each thing that is wrong with a machine and its directory, and how it is mended', async () => {
    const space = workspace();
    space.write('g.graph.yaml', 'name: g\nnodes: [{ id: a, run: "true" }]\n');
    const { code } = await space.run('run', 'g.graph.yaml', '--job', 'j1');
    expect(code).toBe(0);
    const sound = await json(space, 'doctor', '--port', '0');
    expect(sound.checks.filter(({ verdict }: Check) => verdict === 'fail')).toEqual([]);

    // Somebody changes an event, a process dies with its lock, a program is missing, and the port is taken.
    const journal = join(space.dir, '.reprise/jobs/j1/journal.jsonl');
    writeFileSync(
      journal,
      readFileSync(journal, 'utf8')
        .replace('"name":"g"', '"name":"h"')
        .replace('"pool":"default"', '"pool":"Default"'),
    );
    appendFileSync(join(space.dir, '.reprise/owner-999999-1.lock'), '');
    space.write(
      'broken.graph.yaml',
      'name: b\nnodes: [{ id: a, run: no-such-program --now, resources: { slots: 8 } }]\n',
    );
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    try {
      const broken = await space.run(
        'doctor',
        'broken.graph.yaml',
        '--slots',
        '2',
        '--port',
        String(port),
        '--json',
      );
      const { ok, checks } = JSON.parse(broken.stdout) as { ok: boolean; checks: Check[] };
      expect([broken.code, ok]).toEqual([1, false]);
      const bad = checks.filter(({ verdict }) => verdict !== 'pass');
      for (const check of bad)
        expect(check).toMatchObject({ seen: expect.any(String), mend: expect.any(String) });
      expect(bad.map(({ id, verdict }) => `${verdict} ${id}`)).toEqual(
        expect.arrayContaining([
          ...[
            'warn directory.locks',
            'fail journals.chain',
            'fail programs',
            'warn port',
            'fail graph.slots',
          ],
        ]),
      );
      expect(checks.find(({ id }) => id === 'journals.chain')?.seen).toContain('j1 at event 1');
      expect(checks.find(({ id }) => id === 'programs')?.seen).toContain('no-such-program');
    } finally {
      server.close();
    }
  }, 60_000);

  it('says of a directory of a later version that it is none for this one, and of an engine that it is not there', async () => {
    const space = workspace();
    mkdirSync(join(space.dir, '.reprise'));
    space.write('.reprise/store.json', '{"version":99,"applied":[]}');
    const newer = await space.run('doctor', '--port', '0');
    expect([newer.code, newer.stdout]).toEqual([
      1,
      expect.stringMatching(/fail {2}directory\.layout: .*\n {6}\S/),
    ]);
    const gone = await space.run('doctor', '--api', 'http://127.0.0.1:1', '--token', 'x', '--json');
    expect(gone.code).toBe(1);
    expect(JSON.parse(gone.stdout).checks).toMatchObject([
      { id: 'api.reachable', verdict: 'fail', mend: expect.any(String) },
    ]);
  }, 60_000);
});
