import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Resident } from './resident-daemon';

const MIB = 1_048_576;
/** Jobs, and nodes of each. */
const LOADS = [
  [1, 10_000],
  [2_000, 5],
] as const;

/** The memory of a daemon as the machine sees it: one large job, and many small ones. A process for each. */
export function benchDaemonMemory(): void {
  const dir = mkdtempSync(join(tmpdir(), 'reprise-daemon-memory-'));
  try {
    const program = join(dir, 'resident-daemon.cjs');
    buildSync({
      entryPoints: ['bench/resident-daemon.ts'],
      outfile: program,
      bundle: true,
      platform: 'node',
    });
    console.log('\n### Resident memory of a daemon\n');
    console.log('| | as it starts | at its peak | at rest | alive in its heap |');
    console.log('| --- | ---: | ---: | ---: | ---: |');
    for (const [jobs, nodes] of LOADS) {
      const load = `${jobs.toLocaleString('en')} jobs of ${nodes.toLocaleString('en')} nodes`;
      const { started, peak, rest, alive } = measured(program, [jobs, nodes, join(dir, `${jobs}`)]);
      const figures = [started, peak, rest, alive].map((bytes) => `${(bytes / MIB).toFixed(0)} MiB`);
      console.log(`| ${load} | ${figures.join(' | ')} |`);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function measured(program: string, args: readonly (string | number)[]): Resident {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args.map(String)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Resident;
}
