import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { freezePool, POOL_FOLD } from '../lib/core/scheduler/snapshot';
import { initialPool } from '../lib/core/scheduler/state';
import { seededRandom } from '../test/support/graphs';
import type { ColdPool } from './cold-pool';
import { grants, offer, register, step } from './pool';

const WORKERS = 500;
const SLOTS = 8;
const NODES_PER_JOB = 100;
/** Attempts that wait or run, in pools of a job each to more than one pool should have. */
const ATTEMPTS = [1_000, 10_000, 50_000, 100_000, 200_000] as const;

/**
 * What a function takes that decides for a pool and holds nothing of it yet: a process of its own reads the snapshot,
 * decides a batch, and writes the snapshot again. With the AWS clients loaded, as the function has them.
 */
export function benchPoolMemory(): void {
  const dir = mkdtempSync(join(tmpdir(), 'reprise-pool-memory-'));
  try {
    const script = join(dir, 'cold-pool.cjs');
    const entryPoints = [join(__dirname, 'cold-pool.ts')];
    buildSync({ entryPoints, bundle: true, platform: 'node', target: 'node20', outfile: script });
    console.log(`\n### A pool of ${WORKERS} workers, read cold\n`);
    console.log(
      '| attempts | snapshot | read and folded | a batch of ten | snapshot written | memory at its peak |',
    );
    console.log('| ---: | ---: | ---: | ---: | ---: | ---: |');
    for (const attempts of ATTEMPTS) console.log(row(attempts, script, join(dir, 'pool.json.gz')));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function row(attempts: number, script: string, path: string): string {
  writeFileSync(path, gzipSync(JSON.stringify({ fold: POOL_FOLD, state: busyPool(attempts) })));
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const { gzippedKb, readMs, batchMs, writtenMs, peakMib } = JSON.parse(stdout) as ColdPool;
  const times = [readMs, batchMs, writtenMs].map((ms) => `${ms.toFixed(0)} ms`).join(' | ');
  return `| ${attempts.toLocaleString('en')} | ${gzippedKb.toFixed(0)} KB | ${times} | ${peakMib.toFixed(0)} MiB |`;
}

/** Every slot leased, and the rest waiting. */
function busyPool(attempts: number): unknown {
  const random = seededRandom(11);
  const state = initialPool();
  for (let i = 0; i < WORKERS; i++) step(state, register(i, SLOTS));
  for (let i = 0; i < attempts; i++)
    step(state, offer(Math.floor(i / NODES_PER_JOB), i % NODES_PER_JOB, random));
  if (grants(step(state, { type: 'assign', at: 1 })).length === 0) throw new Error('nothing was assigned');
  return freezePool(state);
}
