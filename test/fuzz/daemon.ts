import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layoutOf } from '../../lib/adapters/embedded/disk/layout';
import { startDaemon } from '../../lib/server/daemon';
import { instantExecutor } from '../support/instant-executor';

/** The daemon in a process of its own, for `index.ts`: no command of a graph ever runs, each ends at once. */
async function main(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'reprise-fuzz-'));
  const daemon = await startDaemon({
    ...{ layout: layoutOf(dir), host: '127.0.0.1', port: 0, owner: 'fuzz' },
    machine: { cwd: dir, slots: 50, suites: {}, env: [] },
    executor: instantExecutor,
    config: { file: join(dir, 'config.yaml'), environment: {}, flags: {} },
    ...{ clock: Date.now, random: Math.random },
    warn: (message) => {
      if (!message.startsWith('refused ')) console.error(message);
    },
  });
  const { token } = JSON.parse(readFileSync(join(dir, 'server.json'), 'utf8')) as { token: string };
  process.send?.({ url: daemon.url, token });
  process.on('disconnect', () => process.exit(1));
  process.on('message', async (ask) => {
    if (ask === 'heap') {
      // Twice, with a turn in between: what a finalizer frees is gone by then.
      for (let i = 0; i < 2; i++) {
        globalThis.gc?.();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      process.send?.({ heap: process.memoryUsage().heapUsed });
      return;
    }
    await daemon.close();
    rmSync(dir, { recursive: true, force: true });
    process.exit(0);
  });
}

void main();
