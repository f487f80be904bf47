import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { layoutOf } from '../lib/adapters/embedded/disk/layout';
import { startDaemon } from '../lib/server/daemon';
import { keepHeapSmall } from '../lib/server/heap';
import { instantExecutor } from '../test/support/instant-executor';

/** Bytes. `alive`: what is left of the heap once everything that is free was collected. */
export interface Resident {
  readonly started: number;
  readonly peak: number;
  readonly rest: number;
  readonly alive: number;
}

/** Submissions to the daemon at a time. */
const AT_ONCE = 4;
const REST_MS = 3_000;

/**
 * A daemon over REST, as `reprise serve` starts it, until its jobs are over, whose commands do nothing and differ from job to
 * job. Arguments: jobs, nodes of each, directory. Prints `Resident`.
 */
const [jobs = 0, nodes = 0] = process.argv.slice(2, 4).map(Number);
const dir = process.argv[4] ?? '';

async function main(): Promise<void> {
  keepHeapSmall();
  mkdirSync(dir);
  const daemon = await startDaemon({
    ...{ layout: layoutOf(dir), host: '127.0.0.1', port: 0, owner: 'bench' },
    machine: { cwd: dir, slots: 50, suites: {}, env: [] },
    executor: instantExecutor,
    config: { file: join(dir, 'config.yaml'), environment: {}, flags: {} },
    ...{ clock: Date.now, random: Math.random, warn: console.error },
  });
  const started = process.memoryUsage.rss();
  const { token } = JSON.parse(readFileSync(join(dir, 'server.json'), 'utf8')) as { token: string };
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  for (let i = 0; i < jobs; i++) {
    const body = JSON.stringify({ execution_graph: graphOf(i), deadline: '300h' });
    const response = await fetch(`${daemon.url}/jobs`, { method: 'POST', headers, body });
    if (response.status !== 202) throw new Error(await response.text());
    await response.arrayBuffer();
    while (daemon.running() >= AT_ONCE) await sleep(1);
  }
  while (daemon.running() > 0) await sleep(5);
  await sleep(REST_MS);
  const rest = process.memoryUsage.rss();
  const peak = process.resourceUsage().maxRSS * 1_024;
  const figures: Resident = { started, peak, rest, alive: await alive() };
  await daemon.close();
  console.log(JSON.stringify(figures));
}

/** A tree in which three nodes need each one. */
function graphOf(job: number): object {
  const list = Array.from({ length: nodes }, (_, n) => ({
    id: `n${n}`,
    run: `echo ${job} ${n}`,
    ...(n > 0 && { needs: [`n${Math.floor(n / 3)}`] }),
  }));
  return { name: 'g', nodes: list };
}

async function alive(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Twice, with a turn in between: what a finalizer frees is gone by then.
  for (let i = 0; i < 2; i++) {
    collect();
    await sleep(50);
  }
  return process.memoryUsage().heapUsed;
}

void main();
