import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attemptFiles } from '../../../../../lib/adapters/embedded/disk/attempt-files';
import { createAttemptsDir } from '../../../../../lib/adapters/embedded/process/claim';
import { attemptEnvironment } from '../../../../../lib/adapters/embedded/process/environment';
import { launch } from '../../../../../lib/adapters/embedded/process/wrapper';
import { cleanUp, harness, readIfThere, request, runs, until } from './harness';

afterEach(cleanUp);

const TSX = join(process.cwd(), 'node_modules/.bin/tsx');

/** Starts a parent that submits `count` attempts, and kills it with SIGKILL once it has submitted `enough`. */
async function killedParent(
  dir: string,
  command: string,
  { count = 1, enough = count }: { count?: number; enough?: number } = {},
): Promise<void> {
  const child = spawn(TSX, [join(__dirname, 'doomed-parent.ts'), dir, String(count), command], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  await until(() => said.includes(`submitted ${enough - 1}\n`), 'the parent to submit');
  // tsx runs the script in a child of its own: the group is both.
  process.kill(-(child.pid as number), 'SIGKILL');
  await ended;
}

function newDir(): string {
  return mkdtempSync(join(tmpdir(), 'reprise-executor-'));
}

describe('an attempt whose parent is killed', () => {
  it('goes on, is adopted while it runs, and is reported with its outputs', async () => {
    const dir = newDir();
    const command = `echo ran >> ${dir}/runs; until test -e ${dir}/go; do sleep 0.02; done; echo "x:=1" > "$REPRISE_OUTPUT"`;
    await killedParent(dir, command);
    const { executor, ending, reports } = harness({ dir });
    await executor.submit(request(command, { nodeId: 'n0' }));
    expect(await executor.status(request('', { nodeId: 'n0' }))).toBe('running');
    expect(reports.map(({ report }) => report.type)).toEqual(['started']);
    writeFileSync(join(dir, 'go'), '');
    expect(await ending('n0')).toMatchObject({ type: 'succeeded', outputs: { x: 1 } });
    expect(readFileSync(join(dir, 'runs'), 'utf8')).toBe('ran\n');
  });

  it('that has ended meanwhile is reported and not run again', async () => {
    const dir = newDir();
    const command = `echo ran >> ${dir}/runs; echo why >&2; exit 5`;
    await killedParent(dir, command);
    await until(() => /\n5 -\n$/.test(readIfThere(join(dir, 'job/attempts/n0.1.claim'))), 'the command');
    const { run } = harness({ dir });
    expect(await run(command, { nodeId: 'n0' })).toMatchObject({
      failure: { message: 'exit status 5\nwhy' },
    });
    expect(readFileSync(join(dir, 'runs'), 'utf8')).toBe('ran\n');
  });

  it('keeps its deadline, counted from its start', async () => {
    const dir = newDir();
    await killedParent(dir, 'sleep 60');
    // One whose wrapper has not begun yet starts with the next process, by its clock.
    await until(() => /\n$/.test(readIfThere(join(dir, 'job/attempts/n0.1.claim'))), 'the start');
    const { executor, ending } = harness({ dir, clock: () => Date.now() + 3_600_000 });
    await executor.submit(request('sleep 60', { nodeId: 'n0', timeoutMs: 3_600_000 }));
    expect(await ending('n0')).toMatchObject({
      failure: { kind: 'timeout', message: 'timed out after 3600000 ms' },
    });
  });

  it('can be cancelled by the next process, which has not submitted it', async () => {
    const dir = newDir();
    await killedParent(dir, `echo $$ > ${dir}/pid; sleep 60`);
    const pid = await until(() => Number(readIfThere(join(dir, 'pid'))) || undefined, 'the command');
    const { executor, ending } = harness({ dir });
    await executor.cancel(request('', { nodeId: 'n0' }), 'not any more');
    expect(await ending('n0')).toMatchObject({ failure: { kind: 'cancelled', message: 'not any more' } });
    await until(() => !runs(pid), 'its end');
  });

  it('is given back when it is gone without an exit status', async () => {
    const dir = newDir();
    await killedParent(dir, `sleep 60 & echo $! > ${dir}/pid; wait`);
    const left = await until(() => Number(readIfThere(join(dir, 'pid'))) || undefined, 'the command');
    process.kill(Number.parseInt(readFileSync(join(dir, 'job/attempts/n0.1.claim'), 'utf8'), 10), 'SIGKILL');
    const { run } = harness({ dir });
    expect(await run('true', { nodeId: 'n0' })).toMatchObject({
      failure: { kind: 'cancelled', message: 'the command ended without an exit status' },
    });
    await until(() => !runs(left), 'the end of what the wrapper left');
  });

  it.each([1, 3, 6, 9, 12])('after %d of 12 submissions runs once, as do all others', async (enough) => {
    const dir = newDir();
    const command = `echo ran >> ${dir}/runs-$REPRISE_NODE; sleep 0.05`;
    await killedParent(dir, command, { count: 12, enough });
    const { executor, ending } = harness({ dir });
    const nodes = Array.from({ length: 12 }, (_, i) => `n${i}`);
    for (const nodeId of nodes) await executor.submit(request(command, { nodeId }));
    for (const nodeId of nodes) expect(await ending(nodeId)).toMatchObject({ type: 'succeeded' });
    for (const nodeId of nodes) expect(readFileSync(join(dir, `runs-${nodeId}`), 'utf8')).toBe('ran\n');
  });
});

describe('wrappers of one attempt that start together', () => {
  it('run it once, and whoever submits it reports that run', async () => {
    const { dir, executor, ending } = harness();
    const nodes = Array.from({ length: 20 }, (_, i) => `n${i}`);
    const command = `echo ran >> ${dir}/runs-$REPRISE_NODE; sleep 0.1; echo "pid:=$PPID" > "$REPRISE_OUTPUT"`;
    for (const nodeId of nodes) {
      const ref = { jobId: 'job', nodeId, attempt: 1 };
      const files = attemptFiles(dir, ref);
      createAttemptsDir(files);
      const work = { kind: 'command', run: command } as const;
      const env = attemptEnvironment({ PATH: process.env['PATH'] ?? '' }, { ...ref, work }, files);
      // The wrappers of two parents that died at once, and our own.
      for (let i = 0; i < 2; i++) launch({ files, startedAt: Date.now(), command, env, cwd: dir });
      await executor.submit(request(command, { nodeId }));
    }
    for (const nodeId of nodes) {
      const outputs = { pid: expect.any(Number) };
      expect(await ending(nodeId)).toMatchObject({ type: 'succeeded', outputs });
      expect(readFileSync(join(dir, `runs-${nodeId}`), 'utf8')).toBe('ran\n');
    }
  });

  it('do nothing when they come after the attempt was cancelled', async () => {
    const { dir, executor, ending } = harness();
    await executor.cancel(request(''), 'no');
    await ending();
    const ref = { jobId: 'job', nodeId: 'a', attempt: 1 };
    const files = attemptFiles(dir, ref);
    const late = launch({ files, startedAt: 0, command: `touch ${dir}/ran`, env: {}, cwd: dir });
    await new Promise((resolve) => late.on('exit', resolve));
    expect(readdirSync(dir)).not.toContain('ran');
  });
});

describe('a claim', () => {
  const claimed = (dir: string, text: string) => {
    const path = join(dir, 'job/attempts');
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'a.1.claim'), text);
  };

  it('with the number of a process that is not of the attempt counts as ended', async () => {
    const dir = newDir();
    claimed(dir, `${process.pid} ${Date.now()}\n`);
    expect(await harness({ dir }).run('true')).toMatchObject({ failure: { kind: 'cancelled' } });
  });

  it('that was never written counts as ended when no process of the attempt is there', async () => {
    const dir = newDir();
    claimed(dir, '');
    expect(await harness({ dir }).run('true')).toMatchObject({ failure: { kind: 'cancelled' } });
  });

  it('whose exit status was not written whole does not count as finished', async () => {
    const dir = newDir();
    claimed(dir, `${process.pid} ${Date.now()}\n1`);
    expect(await harness({ dir }).run('true')).toMatchObject({ failure: { kind: 'cancelled' } });
  });

  it('with an exit status tells how the attempt ended and how long it took', async () => {
    const dir = newDir();
    claimed(dir, `${process.pid} ${Date.now() - 60_000}\n3\n`);
    const report = await harness({ dir }).run('true');
    expect(report).toMatchObject({ failure: { exitCode: 3 } });
    expect((report as { durationMs: number }).durationMs).toBeGreaterThanOrEqual(59_000);
  });
});
