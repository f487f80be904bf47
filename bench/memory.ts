import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createS3GraphStore } from '../lib/adapters/aws/bucket/graph-store';
import type { JsonObjects } from '../lib/adapters/aws/bucket/json-objects';
import { createS3SnapshotStore } from '../lib/adapters/aws/bucket/snapshot-store';
import { layoutOf } from '../lib/adapters/embedded/disk/layout';
import { memoryConditions } from '../lib/adapters/memory/conditions';
import { graphHash } from '../lib/core/dag/hash';
import { parseGraphDocument } from '../lib/core/dag/parse';
import { createEngine } from '../lib/core/engine/engine';
import { createKinds } from '../lib/core/engine/kinds';
import { EMPTY_HEAD, type Recorded, type StreamHead } from '../lib/core/journal/envelope';
import { jobAt } from '../lib/core/messages/address';
import type { JobMessage } from '../lib/core/messages/job';
import type { JournalStore } from '../lib/core/ports/stores';
import { startDaemon } from '../lib/server/daemon';
import { instantExecutor } from '../test/support/instant-executor';

const GRAPHS = 2_000;
const EVERY = 500;
const NODES = 100;
/** Submissions to the daemon at a time. */
const AT_ONCE = 4;

/** What a graph of its own is submitted as: no command, no condition and no id is that of another one. */
function documentOf(i: number): object {
  const nodes = Array.from({ length: NODES }, (_, n) => ({
    id: `g${i}-n${n}`,
    run: `echo ${i} ${n} ${'x'.repeat(1_000)}`,
    ...(n > 0 && { needs: [`g${i}-n0`] }),
    ...(n > 0 && n % 10 === 0 && { when: `results.\`g${i}-n0\`.attempts < ${n}` }),
  }));
  return { name: `g${i}`, nodes };
}

/** The memory of a process that takes thousands of different graphs, once what is free is collected. */
export async function benchMemory(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (const [name, run] of [
    ['one daemon', throughDaemon],
    ['the engine of the functions', throughFunctions],
  ] as const) {
    const dir = mkdtempSync(join(tmpdir(), 'reprise-memory-'));
    console.log(`\n### ${GRAPHS} different graphs of ${NODES} nodes: ${name}\n`);
    console.log('| graphs | heap | outside of it |\n| ---: | ---: | ---: |');
    try {
      await run(dir, async (graphs) => {
        // Twice, with a turn in between: what a finalizer frees is gone by then.
        for (let i = 0; i < 2; i++) {
          collect();
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        const { heapUsed, external } = process.memoryUsage();
        console.log(`| ${graphs} | ${mib(heapUsed)} | ${mib(external)} |`);
      });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
}

const mib = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MiB`;

type Measured = (graphs: number) => Promise<void>;

/** Over REST, until each job is over. */
async function throughDaemon(dir: string, measured: Measured): Promise<void> {
  const daemon = await startDaemon({
    ...{ layout: layoutOf(dir), host: '127.0.0.1', port: 0, owner: 'bench' },
    machine: { cwd: dir, slots: 50, suites: {}, env: [] },
    executor: instantExecutor,
    config: { file: join(dir, 'config.yaml'), environment: {}, flags: {} },
    ...{ clock: Date.now, random: Math.random, warn: console.error },
  });
  try {
    const { token } = JSON.parse(readFileSync(join(dir, 'server.json'), 'utf8')) as { token: string };
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const submit = async (i: number) => {
      const body = JSON.stringify({ execution_graph: documentOf(i), deadline: '300h' });
      const response = await fetch(`${daemon.url}/jobs`, { method: 'POST', headers, body });
      if (response.status !== 202) throw new Error(await response.text());
      await response.arrayBuffer();
    };
    // What is loaded and compiled with the first ones is no growth.
    for (let i = 0; i < GRAPHS; i++) {
      if (i % EVERY === 0) await measured(i);
      await submit(i);
      while (daemon.running() >= (i % EVERY === EVERY - 1 ? 1 : AT_ONCE))
        await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await measured(GRAPHS);
  } finally {
    await daemon.close();
  }
}

/** The same deciders as in the functions, with what they hold between invocations; journal and bucket on the disk. */
async function throughFunctions(dir: string, measured: Measured): Promise<void> {
  const objects = diskObjects(join(dir, 'objects'));
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const journal = diskJournal(join(dir, 'journal'));
  const graphs = createS3GraphStore(objects);
  const engine = createEngine(
    {
      ...{ journal, snapshots: createS3SnapshotStore(objects, silent), clock: Date.now, random: Math.random },
      perform: async () => undefined,
    },
    createKinds({ journal, graphs, conditions: memoryConditions, random: Math.random }),
  );
  for (let i = 0; i < GRAPHS; i++) {
    if (i % EVERY === 0) await measured(i);
    const graph = parseGraphDocument(documentOf(i));
    const hash = graphHash(graph);
    await graphs.put(hash, graph);
    let serial = 0;
    const tell = (...messages: JobMessage[]) =>
      engine.handle(
        jobAt(`job-${i}`),
        messages.map((message) => ({ id: `m${serial++}`, actor: { kind: 'user', id: 'bench' }, message })),
      );
    await tell({ type: 'submit', graphHash: hash, owner: 'bench', priority: 'normal', pool: 'default' });
    await tell({ type: 'admit' });
    for (const { id: nodeId } of graph.nodes) {
      await tell(
        { type: 'nodeEntered', nodeId },
        { type: 'attemptStarted', nodeId, attempt: 1, workerId: 'w' },
        { type: 'attemptSucceeded', nodeId, attempt: 1, durationMs: 1, outputs: {} },
      );
    }
    const { state } = await engine.view(jobAt(`job-${i}`));
    if (state.status !== 'succeeded') throw new Error(`job ${i} is ${state.status}`);
  }
  await measured(GRAPHS);
}

function diskJournal(dir: string): JournalStore {
  mkdirSync(dir);
  const pathOf = (stream: string) => join(dir, stream.replaceAll('/', '.'));
  // The stream that was used last is not read again for each message.
  let last: { readonly stream: string; readonly events: Recorded[] } | undefined;
  const eventsOf = (stream: string): Recorded[] => {
    if (last?.stream !== stream) last = { stream, events: readEvents(stream) };
    return last.events;
  };
  const readEvents = (stream: string): Recorded[] => {
    if (!existsSync(pathOf(stream))) return [];
    return readFileSync(pathOf(stream), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  async function* written(stream: string, fromSeq = 1): AsyncGenerator<Recorded> {
    yield* eventsOf(stream).slice(fromSeq - 1);
  }
  return {
    ...{ written, read: written },
    async head(stream): Promise<StreamHead> {
      return eventsOf(stream).at(-1) ?? EMPTY_HEAD;
    },
    async append(stream, _expected, events) {
      eventsOf(stream).push(...events);
      appendFileSync(pathOf(stream), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    },
  };
}

function diskObjects(dir: string): JsonObjects {
  return {
    async get(key) {
      const path = join(dir, key);
      return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
    },
    async put(key, value) {
      const path = join(dir, key);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify(value));
    },
  };
}
