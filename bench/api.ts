import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { ask, type Measured, measure, noteTimes, type Server, spreadOf, succeed, tableOf } from './api-load';
import {
  allOver,
  changingPlan,
  createWorld,
  GRAPH,
  LEFT_OUT,
  lookingPlan,
  NOTIFICATIONS,
  type Plan,
} from './api-world';
import { ms, percentile } from './measure';

/** Calls of one operation: so many a second, for so long. */
const RATE = 50;
const SECONDS = 4;
const CONNECTIONS = 4;
/** Jobs that are submitted at the same time. */
const AT_ONCE = 500;
/** Calls a second of the soak, of which one in ten submits. */
const SOAK_RATE = 20;

interface LocalServer extends Server {
  readonly pid?: number;
}

/** Every operation of a daemon at a stated rate, submissions beside replays, 500 jobs at once, and memory before and after. */
export async function benchApi(): Promise<void> {
  const daemon = await startDaemon();
  try {
    await measureOperations(daemon.server);
    await submitBesideReplays(daemon.server);
    await submitAtOnce(daemon.server);
  } finally {
    await daemon.stop();
  }
}

/** `npm run bench -- api-soak MINUTES`: the memory of a daemon under steady calls. */
export async function benchApiSoak([minutes = 30]: readonly number[]): Promise<void> {
  const daemon = await startDaemon();
  try {
    await soak(daemon.server, minutes);
  } finally {
    await daemon.stop();
  }
}

async function startDaemon(): Promise<{ server: LocalServer; stop: () => Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'reprise-api-'));
  writeFileSync(join(dir, 'notifications.yaml'), NOTIFICATIONS);
  const args = ['serve', '--port', '0', '--notifications', 'notifications.yaml'];
  const child = spawn(process.execPath, [resolve('dist/reprise.js'), ...args], {
    cwd: dir,
    stdio: 'ignore',
    env: { ...process.env, HOOK_SECRET: 'x'.repeat(32) },
  });
  const address = join(dir, '.reprise/server.json');
  for (let waited = 0; !existsSync(address); waited += 50) {
    if (waited > 30_000) throw new Error('the daemon does not come up: npm run build makes dist/');
    await sleep(50);
  }
  const server = JSON.parse(readFileSync(address, 'utf8')) as LocalServer;
  return { server, stop: () => ended(child, dir) };
}

async function ended(child: ChildProcess, dir: string): Promise<void> {
  child.kill();
  await new Promise((over) => child.once('exit', over));
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
}

/** Operations of a document, by id. */
function operationsOf({ paths }: OpenApi): ReadonlyMap<string, Operation> {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId: id }]) => ({ id, method, path })),
  );
  return new Map(all.flatMap(({ id, ...at }) => (id === undefined ? [] : [[id, { id, ...at }] as const])));
}

async function measureOperations(server: LocalServer): Promise<void> {
  const operations = operationsOf(await succeed(server, { method: 'GET', path: '/openapi.json' }));
  const world = await createWorld(server, RATE * SECONDS);
  const looking = lookingPlan(world);
  const measured = await measurePlan(server, operations, looking);
  const changing = await changingPlan(world);
  measured.push(...(await measurePlan(server, operations, changing)));
  const known = new Set([...Object.keys(looking), ...Object.keys(changing), ...Object.keys(LEFT_OUT)]);
  const forgotten = [...operations.keys()].filter((id) => !known.has(id));
  if (forgotten.length > 0) throw new Error(`no plan says how to measure ${forgotten.join(', ')}`);
  console.log(`\nOperations of a daemon, each at ${RATE} calls a second for ${SECONDS} s:\n`);
  console.log(tableOf(measured));
  for (const [id, why] of Object.entries(LEFT_OUT)) console.log(`Left out: ${id}, ${why}`);
  const all = operationsOf(JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as OpenApi);
  const others = [...all.keys()].filter((id) => !operations.has(id));
  console.log(`Of a deployed engine only: ${others.join(', ')}`);
}

/** One after the other, in the order of the plan. */
async function measurePlan(
  server: Server,
  operations: ReadonlyMap<string, Operation>,
  plan: Plan,
): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const [id, callOf] of Object.entries(plan)) {
    const operation = operations.get(id);
    if (!operation) throw new Error(`the daemon has no operation ${id}`);
    const { method, path } = operation;
    const load = { rate: RATE, seconds: SECONDS, connections: CONNECTIONS };
    const result = await measure(server, (nth) => ({ method, ...callOf(nth) }), load);
    measured.push({ operation: `${method.toUpperCase()} ${path}`, ...result });
  }
  return measured;
}

/** Replays of which no answer is known yet, one after the other, for as long as submissions are measured. */
async function submitBesideReplays(server: Server): Promise<void> {
  let isOver = false;
  const times: number[] = [];
  async function replays(): Promise<void> {
    for (let nth = 0; !isOver; nth++) {
      const scenarios = Array.from({ length: 10 }, (_, i) => ({
        ...{ name: `${nth}-${i}`, fleet: [{ labels: ['linux'], slots: 4, count: i + 1 }] },
      }));
      const begun = performance.now();
      await succeed(server, { method: 'POST', path: '/capacity/what-if', body: { jobs: 2_000, scenarios } });
      times.push(performance.now() - begun);
    }
  }
  const replaying = replays();
  const submission = () => ({ method: 'POST', path: '/jobs', body: { execution_graph: GRAPH } });
  const { p50, p95 } = await measure(server, submission, {
    ...{ rate: RATE, seconds: 10, connections: CONNECTIONS },
  });
  isOver = true;
  await replaying;
  const slowest = Math.max(...times);
  console.log(
    `\nPOST /jobs at ${RATE} a second beside ${times.length} replays of ten scenarios, the slowest of ${ms(slowest)}: ` +
      `p50 ${ms(p50)}, p95 ${ms(p95)}`,
  );
}

async function submitAtOnce(server: LocalServer): Promise<void> {
  const before = memoryOf(server);
  const begun = performance.now();
  const accepted = await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      const { status, body } = await ask(server, {
        method: 'POST',
        path: '/jobs',
        body: { execution_graph: GRAPH },
      });
      if (status !== 202) throw new Error(`a submission was answered by ${status}`);
      return { jobId: body.job_id as string, ms: performance.now() - begun };
    }),
  );
  const sorted = accepted.map(({ ms }) => ms).sort((a, b) => a - b);
  await allOver(
    server,
    accepted.map(({ jobId }) => jobId),
  );
  console.log(
    `\n${AT_ONCE} jobs at once: accepted after ${ms(percentile(sorted, 0.5))} (median), ${ms(percentile(sorted, 0.95))} (p95), ${ms(percentile(sorted, 1))} (all), ` +
      `all over after ${((performance.now() - begun) / 1_000).toFixed(1)} s; memory ${before} MiB before, ${memoryOf(server)} MiB after`,
  );
}

async function soak(server: LocalServer, minutes: number): Promise<void> {
  const times: number[] = [];
  const run = autocannon({
    url: server.url,
    setupClient: (client) => noteTimes(client, times),
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    ...{ connections: CONNECTIONS, overallRate: SOAK_RATE, duration: minutes * 60 },
    requests: [
      { method: 'POST', path: '/jobs', body: JSON.stringify({ execution_graph: GRAPH }) },
      ...Array.from({ length: 9 }, (_, i) => ({
        method: 'GET' as const,
        path: i % 3 === 0 ? '/health' : '/jobs?limit=20',
      })),
    ],
  });
  const samples: number[] = [];
  const every = setInterval(() => samples.push(memoryOf(server)), 5_000);
  const { non2xx, errors, requests } = await run;
  clearInterval(every);
  const third = Math.floor(samples.length / 3);
  const medianOf = (some: number[]) =>
    percentile(
      [...some].sort((a, b) => a - b),
      0.5,
    );
  console.log(
    `\n${minutes} minutes at ${SOAK_RATE} calls a second, one in ten a submission: ${requests.total} calls, ` +
      `${non2xx + errors} of them failed, p95 ${ms(spreadOf(times).p95)}; memory (resident, median of each third) ` +
      [samples.slice(0, third), samples.slice(third, -third), samples.slice(-third)]
        .map(medianOf)
        .join(', ') +
      ' MiB',
  );
}

/** Resident, MiB. */
function memoryOf({ pid }: LocalServer): number {
  const [, kib = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1_024);
}
