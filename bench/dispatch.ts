import { startAgents } from '../test/integration/support/agents';
import { isOver, submit, waitForJob } from '../test/integration/support/api';
import { startLocalEnvironment } from '../test/integration/support/local-environment';
import { eventsOf } from '../test/integration/support/timeline';
import { ms, percentile } from './measure';

const JOBS = 60;
/** Cold functions: the first jobs are not counted. */
const WARM_UP = 5;
const PATIENCE_MS = 60_000;

/**
 * How long an attempt that is ready takes to reach a worker that pulls, on the local cloud: one job of one command
 * after the other. From the journal's `node.ready` until the worker has started the command, both by the clock of this
 * machine: the pool's queue and its decision, the queue of dispatches, the connection.
 */
export async function benchDispatch(): Promise<void> {
  const local = await startLocalEnvironment();
  try {
    const startedAt = new Map<string, number>();
    const log = {
      info: (message: string, fields: { readonly attempt?: string | number | undefined } = {}) => {
        if (message === 'started') startedAt.set(String(fields.attempt), Date.now());
      },
      warn: () => {},
      error: () => {},
    };
    const stopAgents = await startAgents(local, 1, 4, log);
    try {
      const latencies: number[] = [];
      for (let i = 0; i < JOBS + WARM_UP; i++) {
        const jobId = await submit(local.user, { name: 'dispatch', nodes: [{ id: 'only', run: ':' }] });
        await waitForJob(local.user, jobId, isOver, PATIENCE_MS);
        const ready = (await eventsOf(local.user, jobId)).find(({ type }) => type === 'node.ready');
        const started = startedAt.get(`${jobId}/only/1`);
        if (!ready || started === undefined)
          throw new Error(`the attempt of ${jobId} was not dispatched once`);
        if (i >= WARM_UP) latencies.push(started - ready.at);
      }
      report(latencies.sort((a, b) => a - b));
    } finally {
      await stopAgents();
    }
  } finally {
    await local.stop();
  }
}

function report(latencies: readonly number[]): void {
  const rows = [
    ['p50', percentile(latencies, 0.5)],
    ['p95', percentile(latencies, 0.95)],
    ['slowest', latencies.at(-1) ?? 0],
  ] as const;
  console.log(`\n### Dispatch to a worker that pulls, on the local cloud, ${latencies.length} attempts\n`);
  console.log(
    ['| | |', '| --- | ---: |', ...rows.map(([name, value]) => `| ${name} | ${ms(value)} |`)].join('\n'),
  );
}
