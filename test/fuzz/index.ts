import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';
import { createRequests, type FuzzRequest } from './requests';

/**
 * Requests at random against the REST API: `npm run fuzz`. Finds answers of 500 and above, answers later than
 * three seconds, answers that are no JSON, a process that ends, and a heap that grows. By itself it starts a daemon;
 * with `--url` and `--token` it asks what runs there, on this machine only, which is how the functions are fuzzed.
 */
const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    requests: { type: 'string', default: '5000' },
    at: { type: 'string', default: '16' },
    url: { type: 'string' },
    token: { type: 'string' },
  },
});

const LATE_MS = 3_000;
/** The heap is looked at so often, and may grow by so much after the first look. */
const LOOKS = 5;
const MOST_GROWTH = 1.25;
const SLACK_BYTES = 8 * 1_048_576;

interface Target {
  readonly url: string;
  readonly token: string;
  /** Bytes in use after a collection; undefined where nobody can tell. */
  readonly heap: () => Promise<number | undefined>;
  readonly isUp: () => boolean;
  readonly close: () => Promise<void>;
}

async function daemon(): Promise<Target> {
  const child = fork(join(__dirname, 'daemon.ts'), { execArgv: ['--expose-gc', '--import', 'tsx'] });
  const { url, token } = (await told(child)) as { url: string; token: string };
  return {
    ...{ url, token },
    async heap() {
      child.send('heap');
      return ((await told(child)) as { heap: number }).heap;
    },
    isUp: () => child.exitCode === null && child.signalCode === null,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.send('end');
      await once(child, 'exit');
    },
  };
}

async function told(child: ChildProcess): Promise<unknown> {
  const gone = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the daemon ended by itself: ${code ?? signal}`);
  });
  const [message] = await Promise.race([once(child, 'message'), gone]);
  return message;
}

function elsewhere(url: string, token: string): Target {
  const { hostname } = new URL(url);
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    throw new Error(`${hostname} is another machine: only what runs on this one is fuzzed`);
  }
  return { url, token, heap: async () => undefined, isUp: () => true, close: async () => undefined };
}

interface Outcome {
  readonly status: number;
  readonly ms: number;
  readonly body: unknown;
}

/** Names of answers that paths take. */
const NAMES: Readonly<Record<string, string>> = {
  job_id: 'jobId',
  graph_hash: 'hash',
  name: 'name',
  pool: 'pool',
  worker_id: 'workerId',
  node_id: 'nodeId',
};
const MOST_SEEN = 200;

function createSeen() {
  const seen = new Map<string, string[]>();
  function look(value: unknown, depth = 0): void {
    if (typeof value !== 'object' || value === null || depth > 4) return;
    for (const [key, part] of Object.entries(value)) {
      const name = NAMES[key];
      if (name === undefined || typeof part !== 'string') look(part, depth + 1);
      else {
        const list = seen.get(name) ?? [];
        seen.set(name, list);
        if (!list.includes(part)) list.push(encodeURIComponent(part));
        if (list.length > MOST_SEEN) list.shift();
      }
    }
  }
  return { seen, look };
}

const agent = new Agent({ connections: Number(options.at), headersTimeout: 30_000, bodyTimeout: 30_000 });

async function send(target: Target, { method, path, headers, body }: FuzzRequest): Promise<Outcome> {
  const startedAt = performance.now();
  const response = await request(`${target.url}${path}`, {
    method: method as 'GET',
    dispatcher: agent,
    headers: { authorization: `Bearer ${target.token}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.body.text();
  const ms = performance.now() - startedAt;
  const isEmpty = method === 'HEAD' || text === '';
  return { status: response.statusCode, ms, body: isEmpty ? undefined : JSON.parse(text) };
}

async function main(): Promise<number> {
  const seed = Number(options.seed);
  const total = Number(options.requests);
  const target = options.url === undefined ? await daemon() : elsewhere(options.url, options.token ?? '');
  const { seen, look } = createSeen();
  const next = createRequests(seed, seen);
  const statuses = new Map<number, number>();
  const routes = new Map<string, Set<number>>();
  const faults: string[] = [];
  const heaps: number[] = [];
  let sent = 0;
  let slowest = 0;

  const fault = (what: string, { method, path, headers, body = '' }: FuzzRequest) =>
    faults.push(`${what}: ${method} ${path.slice(0, 200)} ${JSON.stringify(headers)} ${shown(body)}`);

  async function one(): Promise<void> {
    const asked = next();
    try {
      const { status, ms, body } = await send(target, asked);
      look(body);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      routes.set(asked.route, (routes.get(asked.route) ?? new Set()).add(status));
      slowest = Math.max(slowest, ms);
      if (status >= 500) fault(`${status} ${JSON.stringify(body)}`, asked);
      if (ms > LATE_MS) fault(`${Math.round(ms)} ms`, asked);
    } catch (error) {
      fault(String(error), asked);
    }
  }

  for (let look = 1; look <= LOOKS; look++) {
    const until = Math.ceil((total * look) / LOOKS);
    const lane = async () => {
      while (sent < until && faults.length < 20 && target.isUp()) {
        sent += 1;
        await one();
      }
    };
    await Promise.all(Array.from({ length: Number(options.at) }, lane));
    const heap = target.isUp() ? await target.heap() : undefined;
    if (heap !== undefined) heaps.push(heap);
  }
  if (!target.isUp()) faults.push('the daemon ended by itself');
  const [first, last] = [heaps[0], heaps.at(-1)];
  if (first !== undefined && last !== undefined && last > first * MOST_GROWTH + SLACK_BYTES) {
    faults.push(`the heap grows: ${heaps.map(mib).join(', ')}`);
  }
  await target.close();

  console.log(`seed ${seed}, ${sent} requests, slowest ${Math.round(slowest)} ms`);
  console.log(`heap after each fifth: ${heaps.length === 0 ? 'not known here' : heaps.map(mib).join(', ')}`);
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  console.log(`answers: ${counts.join(', ')}`);
  for (const [route, answers] of [...routes].sort())
    console.log(`  ${route}: ${[...answers].sort().join(' ')}`);
  for (const text of faults) console.log(`FAULT ${text}`);
  console.log(faults.length === 0 ? 'nothing found' : `${faults.length} faults`);
  return faults.length === 0 ? 0 : 1;
}

function shown(body: string | Uint8Array): string {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('hex');
  return text.length > 2_000 ? `${text.slice(0, 2_000)}... (${text.length})` : text;
}

const mib = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MiB`;

void main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
