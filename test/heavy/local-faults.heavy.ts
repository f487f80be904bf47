import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { triggerView } from '../../lib/contract/triggers';
import { jobAt } from '../../lib/core/messages/address';
import { localClients } from '../../lib/localcloud/clients';
import { freePort } from '../../lib/localcloud/port';
import { queueDepths } from '../../lib/localcloud/queues';
import { startAgents } from '../integration/support/agents';
import { eventually } from '../integration/support/api';
import { clockOf } from '../integration/support/clock';
import { executionOfJob } from '../integration/support/executions';
import { type FaultProxy, startFaultProxy } from '../integration/support/faults/fault-proxy';
import { heldQueue } from '../integration/support/faults/held-queue';
import { counted, patiently, submitPatiently, viewOf, whenOver } from '../integration/support/faults/jobs';
import { type Journals, journalsOf, lasting } from '../integration/support/faults/journals';
import { deaths, doubles, outages } from '../integration/support/faults/kinds';
import { type LocalEnvironment, startLocalEnvironment } from '../integration/support/local-environment';
import { seededRandom } from '../support/graphs';

/**
 * Faults of the cloud itself: processes of functions that die, what comes twice, a cloud that stands still, throttles, loses
 * answers, or starts again. A proxy stands between the cloud and its functions and workers, and makes most of it.
 */
const PATIENCE_MS = 120_000;
/** A queue hands out again so much after its function has died, in place of the 30 s of this environment. */
const VISIBILITY_SECONDS = 5;
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  build: [],
  api: ['build'],
  browser: ['build'],
  load: ['api'],
  report: ['browser', 'load'],
};

const dir = mkdtempSync(join(tmpdir(), 'reprise-faults-'));
let local: LocalEnvironment;
let proxy: FaultProxy;
let journals: Journals;
let stopAgents: () => Promise<void>;
beforeAll(async () => {
  const port = await freePort();
  proxy = await startFaultProxy(port);
  local = await startLocalEnvironment({}, { port, functionsEndpoint: proxy.url });
  journals = journalsOf(local);
  const { sqs } = localClients(local.deployment.endpoint);
  for (const { url, isDlq } of await queueDepths(sqs)) {
    const Attributes = { VisibilityTimeout: String(VISIBILITY_SECONDS) };
    if (!isDlq) await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }));
  }
  const apiUrl = local.deployment.apiUrl.replace(local.deployment.endpoint, proxy.url);
  stopAgents = await startAgents({ ...local, deployment: { ...local.deployment, apiUrl } }, 2, 4);
}, 300_000);
afterEach(() => proxy.suffer());
afterAll(async () => {
  await stopAgents?.();
  await local?.stop();
  await proxy?.stop();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

/** A graph whose commands note that they run; `gate` waits within `build` for a file. */
function graph(name: string, gate?: string) {
  const note = `echo "$REPRISE_ATTEMPT_ID" >> ${join(dir, name)}`;
  const nodes = Object.entries(NEEDS).map(([id, needs]) => {
    const wait = gate !== undefined && id === 'build' ? `until [ -e ${gate} ]; do sleep 0.1; done` : ':';
    return { id, needs, run: `${note}; ${wait}`, timeout: '60s', labels: ['linux'] };
  });
  return { name, nodes };
}

/** Every node has run once, as its journal and its command say; the job is what its journal says, and nothing is owed. */
async function expectRanOnce(name: string, jobIds: readonly string[]): Promise<void> {
  const nodes = jobIds.flatMap((id) => Object.keys(NEEDS).map((node) => `${id}/${node}`));
  const ran = counted(join(dir, name)).map((attempt) => attempt.replace(/\/\d+$/, ''));
  expect(ran.sort()).toEqual(nodes.sort());
  for (const jobId of jobIds) {
    const shown = await viewOf(local.user, jobId);
    expect(shown.status).toBe('succeeded');
    expect(lasting(shown)).toEqual(lasting(await journals.replayed(jobId)));
    const starts = (await journals.events(jobAt(jobId))).filter(({ type }) => type === 'attempt.started');
    expect(starts).toHaveLength(Object.keys(NEEDS).length);
  }
  expect(await journals.violations(jobIds)).toEqual([]);
  await eventually(async () => {
    const open = await journals.unconfirmed(jobIds);
    return open.length === 0 ? true : undefined;
  }, PATIENCE_MS);
  await eventually(async () => {
    const held = await journals.held();
    return Object.values(held).every((count) => count === 0) ? true : undefined;
  }, PATIENCE_MS);
}

const submitSome = (name: string, count: number) =>
  Promise.all(
    Array.from({ length: count }, () => submitPatiently(local.user, { execution_graph: graph(name) })),
  );

async function trigger(name: string, pattern: object): Promise<void> {
  const body = { on: { event: pattern }, overlap: 'allow', job: { execution_graph: graph(name) } };
  expect((await local.user.put(`/triggers/${name}`, body)).status).toBe(201);
}

async function put(source: string, type: string): Promise<void> {
  const { endpoint } = local.deployment;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const bus = new EventBridgeClient({ endpoint, region: 'us-east-1', credentials });
  const entry = { EventBusName: 'reprise-local', Source: source, DetailType: type, Detail: '{}' };
  await bus.send(new PutEventsCommand({ Entries: [entry] }));
}

/** Jobs that a trigger has started, once there are as many. */
const firedBy = (name: string, atLeast: number): Promise<string[]> =>
  eventually(async () => {
    const { recent } = triggerView.parse((await patiently(() => local.user.get(`/triggers/${name}`))).body);
    const ids = recent.flatMap(({ what, job_id }) => (what === 'fired' && job_id ? [job_id] : []));
    return ids.length >= atLeast ? ids.sort() : undefined;
  }, PATIENCE_MS);

/** Until no queue that a function reads holds anything, but for what waits for its time. */
async function whenQuiet(): Promise<void> {
  const { sqs } = localClients(local.deployment.endpoint);
  await eventually(async () => {
    const busy = (await queueDepths(sqs)).filter(
      ({ isDlq, name, visible, inFlight }) => !isDlq && name !== 'notifications' && visible + inFlight > 0,
    );
    return busy.length === 0 ? true : undefined;
  }, PATIENCE_MS);
}

describe('jobs go on, every node once', () => {
  // Whose connection a call came over, Linux says.
  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux(
    'while processes of functions die with a call under way',
    async () => {
      const victims = ['JobInputs', 'PoolInputs', 'Effects', 'Dispatch', 'OutboxRelay'];
      const struck = deaths(local.stateDir, { victims, times: 2, chance: 0.1 }, seededRandom(1));
      proxy.suffer(struck.fault);
      const jobIds: string[] = [];
      const isDone = () => [...struck.counts.values()].every((times) => times === 2);
      for (const deadline = Date.now() + PATIENCE_MS; !isDone(); ) {
        if (Date.now() > deadline) throw new Error(`died: ${JSON.stringify([...struck.counts])}`);
        const some = await submitSome('deaths', 2);
        jobIds.push(...some);
        await whenOver(local, some, { patienceMs: PATIENCE_MS });
      }
      proxy.suffer();
      await expectRanOnce('deaths', jobIds);
    },
    300_000,
  );

  it('while the cloud stands still, throttles, is late, and loses answers', async () => {
    const struck = outages(0.05, seededRandom(2));
    proxy.suffer(struck.fault);
    const jobIds = await submitSome('outages', 3);
    const pid = Number(readFileSync(join(local.stateDir, 'ministack.pid'), 'utf8'));
    for (let i = 0; i < 3; i++) {
      process.kill(pid, 'SIGSTOP');
      await sleep(2_000).finally(() => process.kill(pid, 'SIGCONT'));
      await sleep(500);
    }
    await whenOver(local, jobIds, { patienceMs: PATIENCE_MS });
    proxy.suffer();
    expect(struck.counts.size).toBe(4);
    await expectRanOnce('outages', jobIds);
  }, 300_000);

  it('while all messages, reports and events come twice', async () => {
    const struck = doubles(seededRandom(3));
    const [jobs, triggers] = [await heldQueue(local, 'jobs'), await heldQueue(local, 'triggers')];
    let entering: Promise<number> | undefined;
    proxy.suffer(async (call, pass) => {
      if (call.action !== 'StartExecution' || entering) return struck.fault(call, pass);
      await jobs.hold();
      entering = jobs.releaseTwice((body) => 'jobId' in body);
      return pass(call);
    });
    await trigger('pushed', { source: ['git'] });
    await trigger('chained', { source: ['reprise'], 'detail-type': ['orchestration.execution.completed'] });
    await triggers.hold();
    await put('git', 'push');
    expect(await triggers.releaseTwice(() => true)).toBe(1);
    const own = await submitSome('doubles', 3);
    const pushed = await firedBy('pushed', 1);
    const chained = await firedBy('chained', 4);
    await whenOver(local, [...own, ...pushed, ...chained], { patienceMs: PATIENCE_MS });
    await whenQuiet();
    expect(await entering).toBeGreaterThan(0);
    expect([...struck.counts.keys()].sort()).toEqual(['PutEvents', 'SendMessageBatch', 'reports']);
    for (const [name, jobIds] of Object.entries({ doubles: own, pushed, chained }))
      await expectRanOnce(name, jobIds);
    expect([await firedBy('pushed', 1), await firedBy('chained', 4)]).toEqual([pushed, chained]);
  }, 300_000);

  it('when the cloud is started again with its state, though that ends every execution', async () => {
    const gate = join(dir, 'gate');
    const document = graph('restart', gate);
    const registered = await local.user.post('/graphs', { execution_graph: document });
    expect(registered.body).toMatchObject({ status: 'ready' });
    const jobIds = [
      await submitPatiently(local.user, { graph_hash: registered.body.hash }),
      await submitPatiently(local.user, { execution_graph: { ...document, name: 'restart-2' } }),
    ];
    await eventually(async () => {
      const jobs = await Promise.all(jobIds.map((id) => viewOf(local.user, id)));
      return jobs.every(({ nodes }) => nodes['build']?.status === 'running') ? true : undefined;
    }, PATIENCE_MS);
    await local.restart();
    const { sfn } = localClients(local.deployment.endpoint);
    for (const jobId of jobIds) {
      const executionArn = (await executionOfJob(local, jobId))?.arn;
      expect(await sfn.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
        status: 'FAILED',
        error: 'States.ServiceRestart',
      });
    }
    writeFileSync(gate, '');
    const reconcile = await clockOf(local, /Reconciler/);
    await whenOver(local, jobIds, { patienceMs: PATIENCE_MS, meanwhile: reconcile });
    await expectRanOnce('restart', jobIds);
  }, 300_000);
});
