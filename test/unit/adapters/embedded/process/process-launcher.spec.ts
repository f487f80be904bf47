import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLauncher,
  type Launcher,
  type Start,
} from '../../../../../lib/adapters/embedded/process/launcher';
import { cleanUp, harness, readIfThere, request, until } from './harness';

const dir = mkdtempSync(join(tmpdir(), 'reprise-launcher-'));
const launchers: Launcher[] = [];

afterEach(async () => {
  for (const launcher of launchers.splice(0)) launcher.close();
  await cleanUp();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let serial = 0;
function startOf(script: string, over: Partial<Start> = {}): Start {
  serial += 1;
  const [stdout, stderr] = [join(dir, `${serial}.out`), join(dir, `${serial}.err`)];
  return { argv: ['/bin/sh', '-c', script], env: {}, cwd: dir, stdout, stderr, ...over };
}

function launcher(): Launcher {
  const made = createLauncher();
  launchers.push(made);
  return made;
}

interface Heard {
  starts: number;
  pid?: number;
  status?: number | undefined;
  end?: 'exited' | 'lost';
}

function begin(by: Launcher, what: Start): { isTaken: boolean; heard: Heard } {
  const heard: Heard = { starts: 0 };
  const isTaken = by.start(what, {
    started: () => {
      heard.starts += 1;
    },
    exited: (pid, status) => void Object.assign(heard, { pid, status, end: 'exited' }),
    lost: () => {
      heard.end = 'lost';
    },
  });
  return { isTaken, heard };
}

/** Those among the children of this very process. */
function ownLaunchers(): number[] {
  const children = execFileSync('ps', ['-o', 'pid=,comm=', '--ppid', String(process.pid)], {
    encoding: 'utf8',
  });
  return [...children.matchAll(/^\s*(\d+) node$/gm)].map(([, pid]) => Number(pid));
}

describe('a launcher', () => {
  it('starts a process in a group of its own with the environment, directory and files it is given', async () => {
    const env = { EMPTY: '', LINES: 'a\nb=c', WIDE: 'ü €' };
    const what = startOf('printf "%s|%s|%s|" "$EMPTY" "$LINES" "$WIDE"; pwd; echo err >&2; exit 3', { env });
    const group = startOf('ps -o pgid= -p $$; echo $$', { env: { PATH: process.env['PATH'] ?? '' } });
    const by = launcher();
    const [first, second] = [begin(by, what), begin(by, group)];
    await until(() => first.heard.end && second.heard.end, 'both ends');
    expect(first.heard).toMatchObject({ starts: 1, status: 3, pid: expect.any(Number) });
    expect(readFileSync(what.stdout, 'utf8')).toBe(`|a\nb=c|ü €|${dir}\n`);
    expect(readFileSync(what.stderr, 'utf8')).toBe('err\n');
    const [pgid, pid] = readFileSync(group.stdout, 'utf8').trim().split(/\s+/);
    expect(pgid).toBe(pid);
    expect(Number(pid)).toBe(second.heard.pid);
  });

  it('tells the end of many that end in any order', async () => {
    const by = launcher();
    const all = Array.from({ length: 60 }, (_, i) => begin(by, startOf(`exit ${i}`)).heard);
    await until(() => all.every(({ end }) => end === 'exited'), 'all ends');
    expect(all.map(({ status }) => status)).toEqual(all.map((_, i) => i));
  });

  it('has no exit status for what a signal ended, nor for what could not be started', async () => {
    const by = launcher();
    const killed = begin(by, startOf('kill -9 $$')).heard;
    const nowhere = begin(by, startOf('exit 0', { cwd: join(dir, 'nowhere') })).heard;
    await until(() => killed.end && nowhere.end, 'both ends');
    expect([killed.status, nowhere.status]).toEqual([undefined, undefined]);
  });
});

describe('a launcher', () => {
  it('takes nothing that the system might not', () => {
    const by = launcher();
    expect(begin(by, startOf(`: ${'x'.repeat(100_000)}`)).isTaken).toBe(false);
    expect(begin(by, startOf(': \0')).isTaken).toBe(false);
  });

  it('that cannot run gives back what it took and takes nothing more', async () => {
    const by = createLauncher('no-such-program');
    const { isTaken, heard } = begin(by, startOf('exit 0'));
    if (isTaken) await until(() => heard.end === 'lost', 'the end of the launcher');
    await until(() => !begin(by, startOf('exit 0')).isTaken, 'its refusal');
    expect(heard.starts).toBe(0);
  });

  it('that is closed leaves what runs alone and takes nothing more', async () => {
    const by = launcher();
    const file = join(dir, 'done');
    const what = startOf(`echo > ${file}.up; until test -e ${dir}/go; do sleep 0.02; done; echo > ${file}`, {
      env: { PATH: process.env['PATH'] ?? '' },
    });
    const { heard } = begin(by, what);
    await until(() => heard.starts === 1 && readIfThere(`${file}.up`), 'the command');
    by.close();
    expect(heard).toEqual({ starts: 1, end: 'lost' });
    expect(begin(by, startOf('exit 0')).isTaken).toBe(false);
    writeFileSync(join(dir, 'go'), '');
    await until(() => readIfThere(file), 'its end');
  });
});

describe('attempts started by a launcher', () => {
  const byLauncher = () => harness({ startedHere: 0 });

  it('are reported as those that are started here', async () => {
    const { run, reports } = byLauncher();
    expect(await run('echo "x:=$((6*7))" > "$REPRISE_OUTPUT"')).toMatchObject({ outputs: { x: 42 } });
    expect(reports.map(({ report }) => report.type)).toEqual(['started', 'succeeded']);
  });

  it('say why they could not be started', async () => {
    expect(await harness({ startedHere: 0, cwd: '/nonexistent/place' }).run('true')).toMatchObject({
      failure: { kind: 'spawn', message: expect.stringContaining('/nonexistent/place does not exist') },
    });
  });

  it('run once each when all of them are killed', async () => {
    const before = ownLaunchers();
    const { dir: own, executor, ending, reports } = byLauncher();
    const nodes = Array.from({ length: 24 }, (_, i) => `n${i}`);
    const command = `echo ran >> ${own}/runs-$REPRISE_NODE; sleep 0.2`;
    await executor.submit(request(command, { nodeId: 'first' }));
    const submitted = nodes.map((nodeId) => executor.submit(request(command, { nodeId })));
    const pids = ownLaunchers().filter((pid) => !before.includes(pid));
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await Promise.all(submitted);
    for (const nodeId of ['first', ...nodes]) {
      expect(await ending(nodeId)).toMatchObject({ type: 'succeeded' });
      expect(readFileSync(join(own, `runs-${nodeId}`), 'utf8')).toBe('ran\n');
    }
    expect(reports.filter(({ report }) => report.type === 'started')).toHaveLength(25);
  });
});
