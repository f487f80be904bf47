import { isOver, waitForJob } from '../test/integration/support/api';
import { subscribeToBus } from '../test/integration/support/bus-subscriber';
import { startLocalEnvironment } from '../test/integration/support/local-environment';
import { pointAt, RULES } from '../test/integration/support/notified';
import { startScriptedWorker } from '../test/integration/support/scripted-worker';
import { startWebhookReceiver } from '../test/support/webhook-receiver';
import { ms, percentile } from './measure';

const JOBS = 100;
const GRAPH = { name: 'heard', nodes: [{ id: 'only', run: ':', timeout: '60s' }] };
const PATIENCE_MS = 60_000;

/**
 * From an event of a job (`detail.at`) to a subscriber of the bus and to a webhook, on the whole environment `local`: one job
 * after the other, each of which begins and ends.
 */
export async function benchEvents(): Promise<void> {
  const local = await startLocalEnvironment({ notifications: JSON.stringify(RULES) });
  const hook = await startWebhookReceiver();
  try {
    const { endpoint } = local.deployment;
    await pointAt(hook, endpoint);
    const bus = await subscribeToBus(endpoint);
    const worker = await startScriptedWorker(local.worker, 'scripted-1');
    try {
      // The first starts the functions, and is not counted.
      const ids: string[] = [];
      for (let i = 0; i <= JOBS; i++) {
        const { body } = await local.user.post('/jobs', { execution_graph: GRAPH });
        await waitForJob(local.user, body.job_id, isOver, PATIENCE_MS);
        if (i > 0) ids.push(body.job_id);
      }
      const isOne = (id: unknown) => ids.includes(String(id));
      const heard = () => bus.heard.filter(({ detail }) => isOne(detail['jobId']));
      const told = () => hook.received.filter(({ data }) => isOne(data['job_id']));
      for (const end = Date.now() + PATIENCE_MS; heard().length < 2 * JOBS || told().length < 2 * JOBS; ) {
        if (Date.now() > end) throw new Error(`${heard().length} heard, ${told().length} told`);
        await new Promise((wake) => setTimeout(wake, 100));
      }
      report([
        ['subscriber of the bus', heard().map(({ detail, arrivedAt }) => arrivedAt - timeOf(detail))],
        ['webhook', told().map(({ arrivedAt, timestamp }) => arrivedAt - Date.parse(timestamp))],
      ]);
    } finally {
      await worker.stop();
      await bus.stop();
    }
  } finally {
    await local.stop();
    await hook.close();
  }
}

const timeOf = ({ at }: Readonly<Record<string, unknown>>): number => Date.parse(String(at));

function report(rows: readonly (readonly [string, readonly number[]])[]): void {
  console.log(
    `\n### From an event to whoever waits for it, on the local cloud, ${JOBS} jobs one after the other\n`,
  );
  console.log('| | events | p50 | p95 | max |\n| --- | ---: | ---: | ---: | ---: |');
  for (const [name, times] of rows) {
    const sorted = [...times].sort((a, b) => a - b);
    const cells = [0.5, 0.95, 1].map((share) => ms(percentile(sorted, share)));
    console.log(`| ${[name, sorted.length, ...cells].join(' | ')} |`);
  }
}
