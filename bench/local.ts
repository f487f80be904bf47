import { startAgents } from '../test/integration/support/agents';
import { type Api, isOver, waitForJob, waitForLargeJob } from '../test/integration/support/api';
import { type LocalEnvironment, startLocalEnvironment } from '../test/integration/support/local-environment';
import { eventsOf, timeline, violations } from '../test/integration/support/timeline';
import { seededRandom, sparseDag } from '../test/support/graphs';
import { functionTable, type Spent, seconds, shareRows, spentOn } from './local-report';
import { ms, percentile } from './measure';

const NODES = 1_000;
const SUBMISSIONS = 50;
const CANCELLATIONS = 10;
/** Commands that run when a job is cancelled. */
const RUNNING = 16;
const AGENTS = 2;
const SLOTS = 32;
const PATIENCE_MS = 600_000;

/**
 * The whole environment `local`: submissions one after the other, then a graph of 1,000 commands that do nothing, on
 * its compiled machines, with real workers. Most of what is measured is waiting, for the emulator and for the
 * cores of this machine; the tables say how much of the time is in our handlers, and who used the processor.
 */
export async function benchLocal(): Promise<void> {
  const local = await startLocalEnvironment();
  try {
    const stopAgents = await startAgents(local, AGENTS, SLOTS);
    try {
      const latencies = await submitMany(local.user);
      const cancellations = await cancelMany(local.user);
      const { result: run, ...spent } = await spentOn(local, () => runLarge(local));
      report({ latencies, cancellations, run, spent });
    } finally {
      await stopAgents();
    }
  } finally {
    await local.stop();
  }
}

/** Milliseconds from the request to its answer, ascending; one before them warms the function up and is not counted. */
async function submitMany(api: Api): Promise<number[]> {
  const graph = { name: 'latency', nodes: [{ id: 'only', run: ':' }] };
  const latencies: number[] = [];
  for (let i = 0; i <= SUBMISSIONS; i++) {
    const startedAt = performance.now();
    const { status, body } = await api.post('/jobs', { execution_graph: graph });
    if (status !== 202) throw new Error(`submission answered ${status}`);
    if (i > 0) latencies.push(performance.now() - startedAt);
    if (i === SUBMISSIONS) await waitForLargeJob(api, body.job_id, PATIENCE_MS);
  }
  return latencies.sort((a, b) => a - b);
}

/** Milliseconds from the request until every command of the job has ended and the journal says so, ascending. */
async function cancelMany(api: Api): Promise<number[]> {
  const nodes = Array.from({ length: RUNNING }, (_, i) => ({ id: `n${i}`, run: 'sleep 600' }));
  const times: number[] = [];
  for (let i = 0; i < CANCELLATIONS; i++) {
    const { body } = await api.post('/jobs', { execution_graph: { name: 'long', nodes } });
    const jobId: string = body.job_id;
    await waitForJob(
      api,
      jobId,
      (job) => Object.values(job.nodes).every(({ status }) => status === 'running'),
      PATIENCE_MS,
    );
    const startedAt = Date.now();
    await api.post(`/jobs/${jobId}/cancel`, {});
    const job = await waitForJob(api, jobId, isOver, PATIENCE_MS);
    if (job.status !== 'cancelled') throw new Error(`the job ${job.status}`);
    times.push(Date.parse(job.finished_at ?? '') - startedAt);
  }
  return times.sort((a, b) => a - b);
}

interface Run {
  /** From the submission to the journal's last event. */
  readonly makespanMs: number;
  readonly machines: number;
  readonly residualEdges: number;
}

async function runLarge({ user }: LocalEnvironment): Promise<Run> {
  const { nodes } = sparseDag(NODES, 3, seededRandom(11));
  const document = { name: 'scale', nodes: nodes.map(({ id, needs }) => ({ id, run: ':', needs })) };
  const registered = (await user.post('/graphs', { execution_graph: document })).body;
  const { job_id: jobId } = (await user.post('/jobs', { graph_hash: registered.hash })).body;
  const job = await waitForLargeJob(user, jobId, PATIENCE_MS);
  if (job.status !== 'succeeded') throw new Error(`the job ${job.status}`);
  const broken = violations(nodes, timeline(await eventsOf(user, jobId)));
  if (broken.length > 0) throw new Error(`${broken.length} dependencies were not kept, such as ${broken[0]}`);
  return {
    makespanMs: Date.parse(job.finished_at ?? '') - Date.parse(job.submitted_at),
    machines: registered.certificate.state_machines,
    residualEdges: registered.residual_edges,
  };
}

interface Measured {
  readonly cancellations: readonly number[];
  readonly latencies: readonly number[];
  readonly run: Run;
  readonly spent: Spent;
}

function report({ latencies, cancellations, run, spent }: Measured): void {
  const rows = [
    ['submission, p50', ms(percentile(latencies, 0.5))],
    ['submission, p95', ms(percentile(latencies, 0.95))],
    [`cancellation of ${RUNNING} running commands, p50`, ms(percentile(cancellations, 0.5))],
    [
      `cancellation of ${RUNNING} running commands, slowest of ${CANCELLATIONS}`,
      ms(cancellations.at(-1) ?? 0),
    ],
    [
      `${NODES} nodes, machines: ${run.machines}, residual edges: ${run.residualEdges}`,
      seconds(run.makespanMs),
    ],
    ['nodes a second', (NODES / (run.makespanMs / 1_000)).toFixed(1)],
    ...shareRows(spent),
  ];
  console.log(`\n### The local cloud, ${AGENTS} workers of ${SLOTS} slots, ${SUBMISSIONS} submissions\n`);
  console.log(['| | |', '| --- | ---: |', ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n'));
  console.log(`\n${functionTable(spent.times)}`);
}
