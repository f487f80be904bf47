import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { ms, percentile } from './measure';

/** Calls a second of one operation, and for how long. */
const RATE = 50;
const SECONDS = 2;
/** Of those that replay the jobs of a week: a person asks for them, and one at a time. */
const SLOW_RATE = 2;
const REPLAYS = new Set(['whatIf', 'getCapacity', 'getBottlenecks']);
const CONNECTIONS = 4;
/** Jobs that are submitted at the same time. */
const AT_ONCE = 500;
/** Calls a second of the soak, of which one in ten submits. */
const SOAK_RATE = 20;

const GRAPH = { name: 'load', nodes: [{ id: 'only', run: ':' }] };

interface Operation {
  readonly operationId: string;
  readonly requestBody?: {
    readonly content: { readonly 'application/json'?: { readonly example?: unknown } };
  };
}

interface Server {
  readonly url: string;
  readonly token: string;
  readonly pid?: number;
}

interface Measured {
  readonly operation: string;
  readonly p50: number;
  readonly p97: number;
  readonly answers: Readonly<Record<string, number>>;
}

/** Whose subject only a deployed engine has, or that changes what the others are measured on. */
const LEFT_OUT = new Set([
  ...['registerWorker', 'heartbeat', 'reportAttempts', 'cordonWorker', 'uncordonWorker'],
  ...['attemptStarted', 'attemptProgress', 'attemptCompleted', 'attemptFailed', 'startCleanup', 'putConfig'],
  'changeQueue',
]);

/** Every operation of a daemon at a stated rate, 500 jobs at once, and its memory before and after. */
export async function benchApi(): Promise<void> {
  const daemon = await startDaemon();
  try {
    await measureOperations(daemon.server);
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

async function startDaemon(): Promise<{ server: Server; stop: () => Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'reprise-api-'));
  const child = spawn(process.execPath, [resolve('dist/reprise.js'), 'serve', '--port', '0'], {
    cwd: dir,
    stdio: 'ignore',
  });
  const address = join(dir, '.reprise/server.json');
  for (let waited = 0; !existsSync(address); waited += 50) {
    if (waited > 30_000) throw new Error('the daemon does not come up: npm run build makes dist/');
    await sleep(50);
  }
  const server = JSON.parse(readFileSync(address, 'utf8')) as Server;
  return { server, stop: () => ended(child, dir) };
}

async function ended(child: ChildProcess, dir: string): Promise<void> {
  child.kill();
  await new Promise((over) => child.once('exit', over));
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}

async function call(server: Server, method: string, path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const response = await fetch(`${server.url}${path}`, init);
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

async function measureOperations(server: Server): Promise<void> {
  const { body: job } = await call(server, 'POST', '/jobs', { execution_graph: GRAPH });
  const known: Record<string, string> = {
    ...{ jobId: job['job_id'] ?? '', nodeId: 'only', attempt: '1', pool: 'default', id: job['job_id'] ?? '' },
    hash: job['graph_hash'] ?? '',
  };
  const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const measured: Measured[] = [];
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { operationId, requestBody }] of Object.entries(methods)) {
      if (operationId === undefined || LEFT_OUT.has(operationId) || method === 'delete') continue;
      const place = path.replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? 'none');
      const example =
        operationId === 'submitJob'
          ? { execution_graph: GRAPH }
          : requestBody?.content['application/json']?.example;
      const rate = REPLAYS.has(operationId) ? SLOW_RATE : RATE;
      const operation = `${method.toUpperCase()} ${path}${rate === RATE ? '' : `, ${rate} a second`}`;
      measured.push({ operation, ...(await load(server, { method, path: place, body: example, rate })) });
    }
  }
  report(measured);
}

interface Load {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly rate: number;
}

/** Of calls that the generator was late with, the wait counts as well. */
async function load(
  server: Server,
  { method, path, body, rate }: Load,
): Promise<Omit<Measured, 'operation'>> {
  const { latency, errors, statusCodeStats } = await autocannon({
    url: `${server.url}${path}`,
    method: method.toUpperCase() as 'GET',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...{ connections: Math.min(CONNECTIONS, rate), overallRate: rate, duration: SECONDS },
  });
  const counts = Object.entries(statusCodeStats ?? {}).map(
    ([status, { count = 0 }]) => [status, count] as const,
  );
  const answers = Object.fromEntries(errors > 0 ? [...counts, ['none', errors] as const] : counts);
  return { p50: latency.p50, p97: latency.p97_5, answers };
}

function report(measured: readonly Measured[]): void {
  console.log(`\n${measured.length} operations of a daemon, each at ${RATE} a second for ${SECONDS} s:\n`);
  console.log('| operation | p50 | p97.5 | answers |\n| --- | ---: | ---: | --- |');
  for (const { operation, p50, p97, answers } of [...measured].sort((a, b) => b.p97 - a.p97)) {
    const said = Object.entries(answers).map(([status, count]) => `${count} x ${status}`);
    console.log(`| \`${operation}\` | ${ms(p50)} | ${ms(p97)} | ${said.join(', ')} |`);
  }
  const late = measured.filter(({ p97 }) => p97 > 200);
  console.log(
    `\n${late.length} of them past 200 ms; the slowest ${ms(Math.max(...measured.map(({ p97 }) => p97)))}`,
  );
}

async function submitAtOnce(server: Server): Promise<void> {
  const before = memoryOf(server);
  const begun = performance.now();
  const times = await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      const { status } = await call(server, 'POST', '/jobs', { execution_graph: GRAPH });
      if (status !== 202) throw new Error(`a submission was answered by ${status}`);
      return performance.now() - begun;
    }),
  );
  const sorted = times.sort((a, b) => a - b);
  let open = AT_ONCE;
  while (open > 0) {
    await sleep(250);
    const running = await Promise.all(
      ['submitted', 'running'].map((status) => call(server, 'GET', `/jobs?status=${status}&limit=1`)),
    );
    open = running.reduce((sum, { body }) => sum + (body['jobs']?.length ?? 0), 0);
  }
  console.log(
    `\n${AT_ONCE} jobs at once: all accepted after ${ms(percentile(sorted, 1))} (median ${ms(percentile(sorted, 0.5))}), ` +
      `all over after ${((performance.now() - begun) / 1_000).toFixed(1)} s; memory ${before} MiB before, ${memoryOf(server)} MiB after`,
  );
}

async function soak(server: Server, minutes: number): Promise<void> {
  const run = autocannon({
    url: server.url,
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
  const { latency, non2xx, errors, requests } = await run;
  clearInterval(every);
  const third = Math.floor(samples.length / 3);
  const medianOf = (some: number[]) =>
    percentile(
      [...some].sort((a, b) => a - b),
      0.5,
    );
  console.log(
    `\n${minutes} minutes at ${SOAK_RATE} calls a second, one in ten a submission: ${requests.total} calls, ` +
      `${non2xx + errors} of them failed, p97.5 ${ms(latency.p97_5)}; memory (resident, median of each third) ` +
      [samples.slice(0, third), samples.slice(third, -third), samples.slice(-third)]
        .map(medianOf)
        .join(', ') +
      ' MiB',
  );
}

/** Resident, MiB. */
function memoryOf({ pid }: Server): number {
  const [, kib = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1_024);
}
