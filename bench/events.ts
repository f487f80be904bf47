import { SCOPES } from '../lib/core/access/scopes';
import type { Recorded } from '../lib/core/journal/envelope';
import type { TargetEvent } from '../lib/core/notify/events';
import { type Api, isOver, waitForJob } from '../test/integration/support/api';
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
      const ids: string[] = [];
      const isOne = (id: unknown) => ids.includes(String(id));
      const heard = () => bus.heard.filter(({ detail }) => isOne(detail['jobId']));
      const told = () => hook.received.filter(({ data }) => isOne(data['job_id']));
      const run = async () => {
        const { body } = await local.user.post('/jobs', { execution_graph: GRAPH });
        ids.push(body.job_id);
        await waitForJob(local.user, body.job_id, isOver, PATIENCE_MS);
      };
      const allHave = async (count: number) => {
        for (const end = Date.now() + PATIENCE_MS; heard().length < count || told().length < count; ) {
          if (Date.now() > end) throw new Error(`${heard().length} heard, ${told().length} told`);
          await new Promise((wake) => setTimeout(wake, 100));
        }
      };
      // The first starts the functions, and is not counted; nor is what would wait behind it at the target.
      await run();
      await allHave(2);
      ids.length = 0;
      for (let i = 0; i < JOBS; i++) await run();
      await allHave(2 * JOBS);
      report([
        ['subscriber of the bus', heard().map(({ detail, arrivedAt }) => arrivedAt - timeOf(detail))],
        ['webhook', told().map(({ arrivedAt, timestamp }) => arrivedAt - Date.parse(timestamp))],
        ...(await stepsOf(await local.as('root', SCOPES.admin), isOne)),
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

type Row = readonly [string, readonly number[]];

/** Where the time of a webhook goes, as the journal of its target has it. */
async function stepsOf(admin: Api, isOne: (jobId: unknown) => boolean): Promise<Row[]> {
  const reached = new Map<string, Partial<Record<'at' | TargetEvent['type'], number>>>();
  for await (const event of eventsOfTarget(admin)) {
    if (event.type === 'notice.accepted') {
      const { id, jobId, at } = event.data.notice;
      if (isOne(jobId)) reached.set(id, { at, [event.type]: event.at });
    } else if ('deliveryId' in event.data) {
      const known = reached.get(event.data.deliveryId);
      // Of several tries the last one counts.
      if (known) known[event.type] = event.at;
    }
  }
  const between = (from: 'at' | TargetEvent['type'], to: TargetEvent['type']) =>
    [...reached.values()].map((times) => (times[to] ?? Number.NaN) - (times[from] ?? Number.NaN));
  return [
    ['... until its target has it', between('at', 'notice.accepted')],
    ['... behind others of its target', between('notice.accepted', 'delivery.started')],
    ['... until its target knows that it arrived', between('delivery.started', 'delivery.succeeded')],
  ];
}

async function* eventsOfTarget(admin: Api): AsyncGenerator<Recorded<TargetEvent>> {
  for (let from: number | undefined = 1; from !== undefined; ) {
    const { body } = await admin.get(`/streams/target/hook/events?from=${from}`);
    yield* body.events as Recorded<TargetEvent>[];
    from = body.next_from;
  }
}

const timeOf = ({ at }: Readonly<Record<string, unknown>>): number => Date.parse(String(at));

function report(rows: readonly Row[]): void {
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
