import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngineClient } from '../../../lib/adapters/http/engine-client';
import { SYSTEM } from '../../../lib/adapters/system';
import { openAttempts } from '../../../lib/agent/open-attempts';
import { createOutbox } from '../../../lib/agent/outbox';
import { createReportDesk } from '../../../lib/agent/report-desk';
import { createServer } from '../../../lib/agent/server';
import { createStarts } from '../../../lib/agent/starts';
import { RELAY_WINDOW_SECONDS } from '../../../lib/constructs/engine-consumers';
import { refOf } from '../../../lib/contract/execution-wire';
import { executionRequest } from '../../../lib/contract/executions';
import type { EngineCall, WorkerMessage } from '../../../lib/contract/worker-socket';
import { compile } from '../../../lib/core/dag/compile';
import { fillDefinition, machineName } from '../../../lib/core/dag/emit/machine-names';
import { graphRunnerDefinition } from '../../../lib/core/dag/emit/runner';
import { parseGraphDocument } from '../../../lib/core/dag/parse';
import { NODE_USAGE } from '../../../lib/core/dag/predict/bill';
import { costOf, PRICES, type Usage } from '../../../lib/core/dag/predict/prices';
import { attemptKey } from '../../../lib/core/model/attempt';
import { MeteredCloud } from '../../support/bill/cloud';

const ARN = 'arn:aws:states:us-east-1:111122223333:stateMachine:reprise-dev-';
const url = (name: string) =>
  `https://sqs.us-east-1.amazonaws.com/111122223333/reprise-dev-engine-Queues${name}`;

Object.assign(process.env, {
  ...{ TABLE_NAME: 't', BUCKET_NAME: 'b', EVENT_BUS_NAME: 'bus', SECRET_ARN: 'secret', SCHEDULE_GROUP: 'g' },
  ...{ JOBS_QUEUE_URL: url('/jobs.fifo'), POOLS_QUEUE_URL: url('/pools.fifo') },
  DEPENDENCIES_QUEUE_URL: url('/dependencies.fifo'),
  ...{ LETTERS_QUEUE_URL: url('/letters.fifo'), REDRIVE_QUEUE_URL: url('/redrive') },
  ...{
    DISPATCH_QUEUE_URL: url('/dispatch'),
    TIMERS_QUEUE_URL: url('/timers'),
    EFFECTS_QUEUE_URL: url('/effects'),
  },
  ...{ GRAPHS_QUEUE_URL: url('/graphs'), TRIGGERS_QUEUE_URL: url('/triggers') },
  ...{ QUEUE_URL: url('/own'), DLQ_URL: url('/own-dlq'), TIMERS_QUEUE_ARN: 'arn:timers' },
  ...{ TARGETS_QUEUE_URL: 'https://queue/targets', DELIVERIES_QUEUE_URL: 'https://queue/deliveries' },
  ...{ SOCKET_URL: 'wss://socket', TIMERS_DLQ_ARN: 'arn:dlq', POOL_NAMES: 'default,pulled' },
  ...{ TRIGGERS_QUEUE_ARN: 'arn:q', TRIGGERS_DLQ_ARN: 'arn:dlq', SCHEDULER_ROLE_ARN: 'arn:role' },
  ...{ GRAPH_RUNNER_ARN: `${ARN}graph-runner`, MACHINE_ARN_PREFIX: ARN, MACHINE_VERSIONS: 'on' },
  ...{ MACHINE_ROLE_ARN: 'arn:role', MACHINE_LOG_ARN: 'arn:log', HTTP_CIDRS: '' },
  ...{
    AWS_LAMBDA_FUNCTION_NAME: 'f',
    POWERTOOLS_METRICS_NAMESPACE: 'Reprise',
    POWERTOOLS_SERVICE_NAME: 'job-inputs',
  },
  ...{ POWERTOOLS_LOG_LEVEL: 'INFO', POWERTOOLS_DEV: 'true', POWERTOOLS_METRICS_DISABLED: 'false' },
});

const mockCloud = new MeteredCloud();
jest.mock('../../../lambdas/shared/clients/dynamo', () => ({ dynamo: () => mockCloud.table.client }));
jest.mock('../../../lambdas/shared/clients/sqs', () => ({
  sqs: () => mockCloud.sqs,
  sqsOnce: () => mockCloud.sqs,
}));
jest.mock('../../../lambdas/shared/clients/sfn', () => ({ sfn: () => mockCloud.sfn }));
jest.mock('../../../lambdas/shared/clients/s3', () => ({ s3: () => mockCloud.s3 }));
jest.mock('../../../lambdas/shared/clients/event-bridge', () => ({
  eventBridge: () => mockCloud.eventBridge,
}));
jest.mock('../../../lambdas/shared/clients/api-gateway', () => ({ apiGateway: () => mockCloud.apiGateway }));
jest.mock('../../../lambdas/shared/secret', () => ({ engineSecret: async () => 'secret' }));
const mockWorker: { fetch?: typeof fetch } = {};
jest.mock('../../../lambdas/shared/worker-addresses', () => ({
  workerAddresses: () => ({
    fetch: (...args: Parameters<typeof fetch>) => mockWorker.fetch?.(...args),
    require: async () => {},
  }),
}));

/** The functions, loaded when all above is in place. */
const load = async (name: string) => (await import(`../../../lambdas/${name}/handler`)).handler;

/** A worker whose attempts succeed a while after they were handed to it. */
class Worker {
  readonly #dir = mkdtempSync(join(tmpdir(), 'bill-'));
  readonly #open = openAttempts(this.#dir);
  readonly #log = { info: () => {}, warn: () => {}, error: () => {} };
  readonly #starts = createStarts();
  #ends: (() => void)[] = [];
  readonly client = createEngineClient({
    api: 'http://api',
    token: 'jwt',
    fetch: (...args) => callApi(...args),
  });
  readonly #outbox = createOutbox({
    send: createReportDesk({ client: this.client, workerId: 'w1', timing: SYSTEM }),
    open: this.#open,
    log: this.#log,
  });
  token = '';
  readonly server = createServer({
    engine: { status: async () => 'unknown', cancel: async () => {}, results: async () => undefined },
    dispatchToken: () => this.token,
    running: () => [],
    load: () => ({ running: 0, slots: SLOTS }),
    log: this.#log,
    accept: (...request) => this.#accept(...request),
  });
  readonly #accept = this.#starts.answering(async (body) => {
    const ref = refOf(body);
    this.#open.add(body);
    if (this.#starts.heard(attemptKey(ref), { type: 'started' }))
      this.#outbox.report(ref, { type: 'started' });
    this.#ends.push(() => this.#outbox.report(ref, { type: 'succeeded', durationMs: 60_000, outputs: {} }));
    return 'accepted';
  });

  /** Keeps a connection, over which it is handed its attempts. */
  async connect(address: string): Promise<void> {
    const query = Object.fromEntries(new URL(address).searchParams);
    const say = async (message: WorkerMessage) =>
      mockCloud.say(await load('worker-socket'), { query, text: JSON.stringify(message) });
    mockCloud.onSocket = async (text) => {
      const call = JSON.parse(text) as EngineCall;
      if (call.type !== 'submit') return;
      const taken = await this.#accept(executionRequest.parse(call.execution), { answersStart: true });
      const status = taken === 'started' ? 201 : 202;
      await say({ type: 'answer', answers: [{ id: call.id, status }] });
    };
    await say({ type: 'heartbeat', running: 0 });
  }

  async drained(): Promise<void> {
    await this.#outbox.drained();
  }

  /** Ends up to so many of its attempts. @returns whether there was one. */
  end(most: number): boolean {
    const ends = this.#ends.splice(0, most);
    for (const end of ends) end();
    return ends.length > 0;
  }

  close(): void {
    rmSync(this.#dir, { recursive: true });
  }
}

const SLOTS = 1_000;
const RELAY_BATCH = 100;

const callApi: typeof fetch = async (_target, init) => {
  const { statusCode, body } = await mockCloud.call(await load('attempt-callback'), {
    route: 'POST /workers/{workerId}/reports',
    params: { workerId: 'w1' },
    body: String(init?.body),
    headers: init?.headers as Record<string, string>,
    scopes: 'orchestration.worker',
  });
  return new Response(body, { status: statusCode });
};

const QUEUES = [
  ...([
    ['jobs.fifo', 'job-inputs'],
    ['pools.fifo', 'pool-inputs'],
    ['dependencies.fifo', 'dependency-inputs'],
    ['dispatch', 'dispatch'],
  ] as const),
  ...([
    ['timers', 'timers'],
    ['effects', 'effects'],
    ['graphs', 'machine-builder'],
  ] as const),
] as const;

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A hop from queue to function to queue, and the work of an attempt, milliseconds of the cloud's own time. */
const HOP_MS = 300;
const WORK_MS = 60_000;

/** Runs the functions until nothing is left to do. @param batch messages that wait together for one invocation. */
async function drain(worker: Worker, batch: number): Promise<void> {
  let now = 0;
  let since: number | undefined;
  for (let rounds = 0; rounds < 5_000; rounds++) {
    let isBusy = false;
    for (const [queue, name] of QUEUES) {
      if (!(await mockCloud.deliver(queue, await load(name), batch))) continue;
      isBusy = true;
      now += HOP_MS;
      await worker.drained();
      await settle();
      if (mockCloud.table.records.length === 0) continue;
      since ??= now;
      if (now - since >= RELAY_WINDOW_SECONDS * 1_000) since = await relay();
    }
    if (isBusy) continue;
    if (mockCloud.table.records.length > 0) since = await relay();
    else if (worker.end(batch)) now += WORK_MS;
    else return;
    await worker.drained();
  }
  throw new Error('the cloud does not come to rest');
}

/** The records of the table's stream go to the function together that came within its window. */
async function relay(): Promise<undefined> {
  const Records = mockCloud.table.records.splice(0, RELAY_BATCH);
  await mockCloud.invoke(await load('outbox-relay'), { Records });
}

interface Run {
  /** Over the connection that its worker keeps; calls to the address of the worker, where it is not said. */
  readonly pull?: true;
  readonly nodes: number;
  readonly shape: 'chain' | 'wide';
  readonly machine: 'own' | 'runner';
  readonly batch: number;
  /** A dependency that each node names. */
  readonly dependency?: string;
}

function document({ nodes, shape, dependency }: Run, name: string) {
  const id = (i: number) => `e2e-checkout-${i}`;
  return {
    name,
    nodes: Array.from({ length: nodes }, (_, i) => ({
      ...{ id: id(i), run: `npx playwright test --grep checkout-${i}` },
      ...(shape === 'chain' && i > 0 ? { needs: [id(i - 1)] } : {}),
      ...(dependency === undefined ? {} : { dependencies: [dependency] }),
    })),
  };
}

let runs = 0;

/** What one job takes from its submission to its end. */
async function usageOf(run: Run): Promise<Usage> {
  const name = `bill-${++runs}`;
  const execution_graph = document(run, name);
  if (run.machine === 'own') deployMachines(execution_graph);
  const before = mockCloud.meter.usage();
  const answer = await mockCloud.call(await load('submit-job'), {
    ...{ route: 'POST /jobs', scopes: 'orchestration.jobs' },
    body: JSON.stringify({ execution_graph, ...(run.pull && { pool: 'pulled' }) }),
  });
  expect(answer.statusCode).toBe(202);
  // Its graph gets no machines of its own.
  if (run.machine === 'runner') mockCloud.drop('graphs');
  await drain(run.pull ? thePuller : theWorker, run.batch);
  await Promise.all(mockCloud.machines.running);
  const after = mockCloud.meter.usage();
  const { job_id } = JSON.parse(answer.body);
  expect(await statusOf(job_id)).toBe('succeeded');
  const names = Object.keys(PRICES.per) as (keyof Usage)[];
  return Object.fromEntries(
    names.map((each) => [each, (after[each] ?? 0) - (before[each] ?? 0)]),
  ) as unknown as Usage;
}

async function statusOf(jobId: string): Promise<string> {
  const { jobList } = await import('../../../lambdas/shared/tables');
  const usage = new Map(mockCloud.meter.counts);
  const { status } = await jobList().get(jobId);
  for (const [key, value] of usage) mockCloud.meter.counts.set(key, value);
  return status;
}

function deployMachines(execution_graph: object): void {
  const { graph, machines } = compile(parseGraphDocument(execution_graph));
  const machineArn = (nested: string) => machineName(ARN, graph.hash, nested);
  for (const { name, definition } of machines) {
    const text = fillDefinition(JSON.stringify(definition), { jobsQueueUrl: url('/jobs.fifo'), machineArn });
    mockCloud.definitions.set(machineArn(name), JSON.parse(text));
  }
}

let theWorker: Worker;
let thePuller: Worker;
const spies: jest.SpyInstance[] = [];

beforeAll(async () => {
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
    spies.push(
      jest
        .spyOn(console, level)
        .mockImplementation((...args: unknown[]) => mockCloud.logged(String(args[0]))),
    );
  mockCloud.definitions.set(`${ARN}graph-runner`, graphRunnerDefinition());
  theWorker = new Worker();
  mockWorker.fetch = async (target, init) =>
    theWorker.server.request(new URL(String(target)).pathname, init as RequestInit);
  const registered = await mockCloud.call(await load('register-worker'), {
    ...{ route: 'POST /workers', scopes: 'orchestration.worker' },
    body: JSON.stringify({
      worker_id: 'w1',
      pool: 'default',
      labels: [],
      slots: SLOTS,
      endpoint: 'https://w1.example.com',
    }),
  });
  theWorker.token = JSON.parse(registered.body).dispatch_token;
  await drain(theWorker, 10);
  thePuller = new Worker();
  const pulling = await mockCloud.call(await load('register-worker'), {
    ...{ route: 'POST /workers', scopes: 'orchestration.worker' },
    body: JSON.stringify({ worker_id: 'w1', pool: 'pulled', labels: [], slots: SLOTS }),
  });
  await thePuller.connect(JSON.parse(pulling.body).connect);
  await drain(thePuller, 10);
});
afterAll(() => {
  for (const spy of spies) spy.mockRestore();
  theWorker.close();
  thePuller.close();
});

/** USD for 1,000 nodes as it was when all of this was first counted, with the same cloud, and as it is. */
const BILLS: readonly (readonly [Run, { readonly was: number; readonly is: number }])[] = [
  [
    { nodes: 100, shape: 'chain', machine: 'own', batch: 1 },
    { was: 0.0719, is: 0.0513 },
  ],
  [
    { nodes: 100, shape: 'wide', machine: 'own', batch: 10 },
    { was: 0.0422, is: 0.0294 },
  ],
  [
    { nodes: 100, shape: 'chain', machine: 'runner', batch: 1 },
    { was: 0.0957, is: 0.0188 },
  ],
  [
    { nodes: 100, shape: 'wide', machine: 'runner', batch: 10 },
    { was: 0.0671, is: 0.0029 },
  ],
];
const usages = new Map<Run, Usage>();

/** USD that 1,000 nodes cost more which name a dependency that is well. */
const DEPENDENCY_BILLS = [
  ['chain', 0.0022],
  ['wide', 0.00017],
] as const;

describe('the bill of a job on AWS, by what its functions ask for', () => {
  it.each(BILLS)('of %j is what docs/cost.md says', async (run, { is }) => {
    const usage = await usageOf(run);
    usages.set(run, usage);
    const perThousand = (costOf(usage, PRICES) * 1_000) / run.nodes;
    expect(perThousand).toBeLessThan(is * 1.03);
    expect(perThousand).toBeGreaterThan(is * 0.97);
  });

  it('has fallen by more than a third, over all ways together and for a graph that is new', () => {
    const total = (which: 'was' | 'is') => BILLS.reduce((sum, [, bill]) => sum + bill[which], 0);
    expect(total('is')).toBeLessThan((total('was') * 2) / 3);
    for (const [run, { was, is }] of BILLS)
      if (run.machine === 'runner') expect(is).toBeLessThan((was * 2) / 3);
  });

  it.each(['own', 'runner'] as const)(
    'is in the certificate of the compiler, at its dearest: %s',
    (machine) => {
      const [[run] = []] = BILLS.filter(([each]) => each.machine === machine && each.batch === 1);
      const usage = usages.get(run as Run) as Usage;
      const stated: Partial<Usage> = NODE_USAGE[machine];
      for (const unit of Object.keys(stated) as (keyof Usage)[]) {
        const counted = usage[unit] / 100;
        expect([unit, counted, counted <= (stated[unit] ?? 0)]).toEqual([unit, counted, true]);
        // One process does all of this run and seldom looks whether another one has written; several look before each append.
        const least = unit === 'readUnits' ? 0.3 : 0.8;
        expect([unit, counted >= (stated[unit] ?? 0) * least]).toEqual([unit, true]);
      }
    },
  );

  it('calls the API once for the reports that come together, and once for the job', () => {
    for (const [run, usage] of usages) expect(usage.apiCalls).toBe(run.nodes / run.batch + 1);
  });

  it.each(['chain', 'wide'] as const)(
    'of nodes whose worker pulls is more by what the certificate says: %s',
    async (shape) => {
      const [[run] = []] = BILLS.filter(([each]) => each.machine === 'runner' && each.shape === shape);
      const usage = await usageOf({ ...(run as Run), pull: true });
      const before = usages.get(run as Run) as Usage;
      const more = (unit: keyof Usage) => (usage[unit] - before[unit]) / 100;
      const stated = Object.entries(NODE_USAGE.connection) as [keyof Usage, number][];
      // Which events share a page depends on what else is under way, so a page in a hundred is more or less.
      for (const [unit, atMost] of stated) {
        // Of ten that are handed to one worker together, it is looked up once.
        const amount = unit === 'readUnits' && shape === 'wide' ? 1.1 : atMost;
        expect([unit, Math.abs(more(unit) - amount) <= 0.03 * amount]).toEqual([unit, true]);
      }
      const perThousand = (costOf(usage, PRICES) - costOf(before, PRICES)) * 10;
      expect(perThousand).toBeLessThan(0.0033 * 1.03);
      expect(perThousand).toBeGreaterThan(0.0033 * 0.93);
    },
  );

  it.each(DEPENDENCY_BILLS)(
    'of nodes that name a dependency is more by what docs/cost.md says: %s',
    async (shape, more) => {
      const [[run] = []] = BILLS.filter(([each]) => each.machine === 'runner' && each.shape === shape);
      // The first job fills the window: it is once that a dependency is new.
      await usageOf({ ...(run as Run), nodes: 30, dependency: 'payments' });
      const usage = await usageOf({ ...(run as Run), dependency: 'payments' });
      const before = usages.get(run as Run) as Usage;
      const perThousand = (costOf(usage, PRICES) - costOf(before, PRICES)) * 10;
      expect(perThousand).toBeLessThan(more * 1.1);
      expect(perThousand).toBeGreaterThan(more * 0.9);
    },
  );

  it('has one state transition for a whole job on the graph runner', () => {
    for (const [{ machine }, usage] of usages) if (machine === 'runner') expect(usage.transitions).toBe(1);
  });
});
