import { spawn } from 'node:child_process';
import { attemptFiles } from '../../../../../lib/adapters/embedded/disk/attempt-files';
import { liveness } from '../../../../../lib/adapters/embedded/process/liveness';

/** These answers decide what is killed, so they are tested without killing anything. */
const filesOf = (attempt: number) =>
  attemptFiles('/tmp/reprise-liveness', { jobId: 'j', nodeId: 'n', attempt });

async function idle(env: Record<string, string>) {
  const child = spawn('/bin/sleep', ['30'], { env, stdio: 'ignore' });
  await new Promise((resolve) => child.on('spawn', resolve));
  return { pid: child.pid as number, end: () => child.kill('SIGKILL') };
}

describe('a process', () => {
  it('belongs to the attempt whose output file it was given, and to no other', async () => {
    const { pid, end } = await idle({ REPRISE_OUTPUT: filesOf(1).outputs });
    try {
      expect(liveness.isAlive(pid, filesOf(1))).toBe(true);
      expect(liveness.processesOf(filesOf(1))).toEqual([pid]);
      expect(liveness.processesOf(filesOf(10))).toEqual([]);
    } finally {
      end();
    }
  });

  it.each([
    ['a longer path', { REPRISE_OUTPUT: `${filesOf(1).outputs}x` }],
    ['the attempt with more digits', { REPRISE_OUTPUT: filesOf(10).outputs }],
    ['a longer name', { MY_REPRISE_OUTPUT: filesOf(1).outputs }],
    ['the path in another variable', { NOTE: filesOf(1).outputs }],
    ['no such variable', { PATH: '/bin' }],
  ])('with %s does not belong to it', async (_, env) => {
    const { pid, end } = await idle(env);
    try {
      expect(liveness.isAlive(pid, filesOf(1))).toBe(false);
      expect(liveness.processesOf(filesOf(1))).toEqual([]);
    } finally {
      end();
    }
  });

  it('of nobody, the first one and our own never belong to it', () => {
    process.env['REPRISE_OUTPUT'] = filesOf(1).outputs;
    for (const pid of [0, 1, process.pid, process.ppid])
      expect(liveness.isAlive(pid, filesOf(1))).toBe(false);
    delete process.env['REPRISE_OUTPUT'];
  });
});
