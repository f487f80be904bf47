import { createFileGraphStore } from '../lib/adapters/embedded/disk/graph-store';
import { createFileJournalStore } from '../lib/adapters/embedded/disk/journal-store';
import { layoutOf } from '../lib/adapters/embedded/disk/layout';
import { localWorker } from '../lib/adapters/embedded/runtime/runnable';
import { createEmbeddedRuntime } from '../lib/adapters/embedded/runtime/runtime';
import { memoryConditions } from '../lib/adapters/memory/conditions';
import { planOf } from '../lib/core/dag/plan/plan-only';
import type { OnReport, TestExecutionEngine } from '../lib/core/ports/execution';
import { graphOf } from '../test/support/graphs';

/**
 * Jobs of one node that does nothing, on the embedded runtime with its journal on the disk.
 * Arguments: `each` or `all`, jobs, how many at a time, directory. Prints `{ ms, submitMs, closeMs, user, system }`: the last
 * two are the processor time of `ms`; what follows the log afterwards is in `closeMs`.
 *
 * - `each` submits the next job when one is over, so many at a time.
 * - `all` submits them at once; the pool has slots for so many.
 */
const [mode, jobsText, atOnceText, dir = ''] = process.argv.slice(2);
const [jobs, atOnce] = [Number(jobsText), Number(atOnceText)];
const WARM_UP = 200;
const GRAPH = graphOf({ only: [] });

let submitted = 0;
let executed = 0;
const layout = layoutOf(dir);
const journal = createFileJournalStore(layout, { log: true });
const runtime = createEmbeddedRuntime({
  conditions: memoryConditions,
  journal,
  graphs: createFileGraphStore(layout.graphs),
  executor: instantExecutor,
  compile: planOf,
  workers: [localWorker({ slots: atOnce })],
  clock: Date.now,
  random: Math.random,
  // As a daemon does with a job whose end is dealt with.
  async onOver(jobId) {
    runtime.forget(jobId);
    await journal.release(`job/${jobId}`);
  },
  onEvents(_, events) {
    // Heard when they are on the disk.
    if (events.some(({ type }) => type === 'job.submitted')) submitted += 1;
    if (submitted === goal) submittedAt ??= performance.now();
  },
});
let goal = 0;
let submittedAt: number | undefined;

async function main(): Promise<void> {
  await run('warm', WARM_UP);
  const figures = await run('job', jobs);
  runtime.close();
  const closing = performance.now();
  await journal.close();
  const closeMs = performance.now() - closing;
  await verify('warm', WARM_UP);
  await verify('job', jobs);
  if (executed !== WARM_UP + jobs) throw new Error(`${executed} executions of ${WARM_UP + jobs} jobs`);
  console.log(JSON.stringify({ ...figures, closeMs }));
}

interface Figures {
  readonly ms: number;
  readonly submitMs: number;
  readonly user: number;
  readonly system: number;
}

async function run(prefix: string, count: number): Promise<Figures> {
  goal = submitted + count;
  submittedAt = undefined;
  const begun = performance.now();
  const used = process.cpuUsage();
  const one = async (i: number) => {
    await runtime.submit(`${prefix}-${i}`, { graph: GRAPH, owner: 'bench', priority: 'normal' });
    await runtime.finished(`${prefix}-${i}`);
  };
  if (mode === 'all') await Promise.all(Array.from({ length: count }, (_, i) => one(i)));
  else {
    let next = 0;
    const lane = async () => {
      while (next < count) await one(next++);
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
  }
  const { user, system } = process.cpuUsage(used);
  return {
    ms: performance.now() - begun,
    submitMs: (submittedAt ?? begun) - begun,
    ...{ user: user / 1_000, system: system / 1_000 },
  };
}

/** Reads every journal back from the disk. */
async function verify(prefix: string, count: number): Promise<void> {
  const reader = createFileJournalStore(layout);
  for (let i = 0; i < count; i++) {
    let last: unknown;
    for await (const { type, data } of reader.read(`job/${prefix}-${i}`))
      last = { type, ...(data as object) };
    const { type, status } = last as { type: string; status?: string };
    if (type !== 'job.completed' || status !== 'succeeded')
      throw new Error(`${prefix}-${i} ended with ${type}`);
  }
}

/** Runs nothing and says at once that it succeeded. */
function instantExecutor(onReport: OnReport): TestExecutionEngine {
  return {
    async submit({ jobId, nodeId, attempt }) {
      executed += 1;
      const ref = { jobId, nodeId, attempt };
      onReport(ref, { type: 'started' });
      onReport(ref, { type: 'succeeded', durationMs: 0, outputs: {} });
    },
    status: async () => 'unknown',
    cancel: async () => undefined,
    results: async () => undefined,
  };
}

void main();
