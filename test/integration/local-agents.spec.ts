import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { WebSocket } from 'ws';
import { createWorkerRegistry } from '../../lib/adapters/aws/table/worker-registry';
import { SCOPES } from '../../lib/core/access/scopes';
import { startAgents } from './support/agents';
import { eventually, isOver, submit, waitForJob } from './support/api';
import { ofScale } from './support/evidence/scale';
import { type LocalEnvironment, startLocalEnvironment } from './support/local-environment';

const NODE = { timeout: '30s', labels: ['linux'], retry: { maxAttempts: 1 } };
const graph = (name: string, run: string) => ({ name, nodes: [{ id: 'only', run, ...NODE }] });

let local: LocalEnvironment;
beforeAll(async () => {
  mkdirSync('.reprise', { recursive: true });
  local = await startLocalEnvironment();
}, 600_000);
afterAll(() => local?.stop(), 60_000);

const workers = () => {
  const { endpoint, tableName } = local.deployment;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  return createWorkerRegistry(DynamoDBDocumentClient.from(client), tableName);
};
const connectionOf = async (workerId = 'scale-1') =>
  (await workers().find('default', workerId))?.connectionId;

/** Registers a worker that pulls. @returns where it connects. */
async function registered(workerId: string): Promise<string> {
  const { body, status } = await local.worker.post('/workers', { worker_id: workerId, labels: [], slots: 1 });
  expect(status).toBe(201);
  return body.connect;
}

/** Ends a connection as the gateway does after two hours. */
async function cut(connectionId: string): Promise<void> {
  const url = new URL(await registered('cutter'));
  const path = `${url.protocol.replace('ws', 'http')}//${url.host}${url.pathname}/@connections/${connectionId}`;
  expect((await fetch(path, { method: 'DELETE' })).status).toBe(204);
}

/** A connection by hand: what it is told, in order, and how it ended. */
function connect(address: string, token?: string) {
  const told: unknown[] = [];
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const socket = new WebSocket(address, { headers });
  socket.on('message', (data) => void told.push(JSON.parse(String(data))));
  const opened = new Promise<number>((resolve) => {
    socket.on('open', () => resolve(101));
    socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode ?? 0));
    socket.on('error', () => resolve(0));
  });
  return {
    told,
    opened,
    say: (message: object) => socket.send(JSON.stringify(message)),
    close: () => socket.close(),
  };
}

describe('a worker that pulls, on the local cloud', () => {
  let stopAgents: () => Promise<void>;
  beforeAll(async () => {
    stopAgents = await startAgents(local, 1, 4);
  }, 60_000);
  afterAll(() => stopAgents?.());

  it('is given an attempt over its connection, and its end comes back', async () => {
    const jobId = await submit(local.user, graph('pulled', 'echo "x:=1" > "$REPRISE_OUTPUT"'));
    const job = await waitForJob(local.user, jobId, isOver);
    expect(job).toMatchObject({
      status: 'succeeded',
      nodes: { only: { attempts: 1, worker_id: 'scale-1' } },
    });
  });

  it('is given what others handed on, items and failures included, as it was written', async () => {
    const list = `echo '{"names": ["it\\u0027s"]}' > "$REPRISE_OUTPUT"; echo version=1.10 >> "$REPRISE_OUTPUT"`;
    const nodes = [
      { id: 'build', run: list, ...NODE },
      { id: 'broken', run: 'echo why=123e4567 > "$REPRISE_OUTPUT"; exit 1', ...NODE },
      {
        ...{ id: 'each', needs: ['build'], forEach: 'results.build.outputs.names', ...NODE },
        with: { NAME: 'item', VERSION: 'results.build.outputs.version' },
        run: 'test "$VERSION $NAME" = "1.10 it\'s"',
      },
      {
        ...{ id: 'report', needs: ['each', 'broken'], trigger: 'one_failed', ...NODE },
        with: { WHY: 'results.broken.outputs.why', EACH: 'results.each.status' },
        run: 'test "$WHY $EACH" = "123e4567 succeeded"',
      },
    ];
    const jobId = await submit(local.user, { name: 'given', nodes });
    const job = await waitForJob(local.user, jobId, isOver);
    expect(job).toMatchObject({
      nodes: {
        ...{ build: { status: 'succeeded' }, broken: { status: 'failed' } },
        ...{ 'each-1': { status: 'succeeded' }, report: { status: 'succeeded' } },
      },
    });
    const { body } = await local.user.get(`/jobs/${jobId}/nodes/report/explanation`);
    expect(body).toMatchObject({ attempts: [{ given: { WHY: '123e4567', EACH: 'succeeded' } }] });
  });

  it('is given one that is longer than a message of the gateway', async () => {
    const jobId = await submit(local.user, graph('long', `: ${'x'.repeat(32_700)}`));
    expect(await waitForJob(local.user, jobId, isOver)).toMatchObject({ status: 'succeeded' });
  });

  it('is given the failed tests of a node alone when they run again', async () => {
    const dir = mkdtempSync('.reprise/pull-');
    const notes = `${dir}/notes`;
    const suite = `
      const { appendFileSync, readFileSync } = require('node:fs');
      const { test } = require('node:test');
      const note = (name) => appendFileSync('${notes}', name + '\\n');
      test('steady', () => note('steady'));
      test('flaky', () => {
        note('flaky');
        if (readFileSync('${notes}', 'utf8').split('flaky').length === 2) throw new Error('not yet');
      });`;
    writeFileSync(`${dir}/cart.check.cjs`, suite);
    const run = `node --test --test-reporter=junit --test-reporter-destination=${dir}/r.xml ${dir}/cart.check.cjs`;
    const retry = { strategy: 'fixed', initialDelay: '100ms', maxAttempts: 2 };
    const nodes = [{ id: 'only', run, ...NODE, retry, reports: [`${dir}/r.xml`] }];
    const jobId = await submit(local.user, { name: 'reruns', nodes });
    const job = await waitForJob(local.user, jobId, isOver);
    expect(job).toMatchObject({ status: 'succeeded', nodes: { only: { attempts: 2 } } });
    expect(readFileSync(notes, 'utf8')).toBe('steady\nflaky\nflaky\n');
    const { body } = await local.user.get(`/jobs/${jobId}/events`);
    expect(JSON.stringify(body)).toContain('"rerun":{"asked":1,"scope":"tests"');
    rmSync(dir, { recursive: true });
  });

  it('ends an attempt when its job is cancelled', async () => {
    const jobId = await submit(local.user, graph('cancelled', 'sleep 25'));
    await waitForJob(local.user, jobId, ({ current_nodes }) => current_nodes.includes('only'));
    await local.user.post(`/jobs/${jobId}/cancel`, { reason: 'enough' });
    const job = await waitForJob(local.user, jobId, isOver, 15_000);
    expect(job.status).toBe('cancelled');
  });

  it('whose connection is cut opens another, goes on with what it runs, and is given more', async () => {
    const jobId = await submit(local.user, graph('cut', 'sleep 4'));
    await waitForJob(local.user, jobId, ({ current_nodes }) => current_nodes.includes('only'));
    const before = await eventually(() => connectionOf());
    await cut(before);
    // Handed out while there may be no connection: the dispatch waits for the next one.
    const second = await submit(local.user, graph('meanwhile', 'true'));
    for (const id of [jobId, second]) {
      const job = await waitForJob(local.user, id, isOver);
      expect(job).toMatchObject({ status: 'succeeded', nodes: { only: { worker_id: 'scale-1' } } });
    }
    expect((await local.user.get(`/jobs/${jobId}`)).body.nodes.only.attempts).toBe(1);
    expect(await eventually(() => connectionOf())).not.toBe(before);
  });
});

/** AWS says 401 or 403; the local cloud says 500 where an authorizer says nothing but no. */
const REFUSALS = [401, 403, 500];

describe('a connection', () => {
  const token = () => local.tokenFor('test-node', SCOPES.worker);

  it.each<[string, () => Promise<string | undefined>]>([
    ['without a token', async () => undefined],
    ['with a token of another issuer', async () => 'a.b.c'],
    [
      'with a token for other pools',
      () => local.tokenFor('test-node', 'orchestration.worker:gpu' as typeof SCOPES.worker),
    ],
    ['with a token that is for no worker', () => local.tokenFor('test-node', SCOPES.jobs)],
  ])('%s is refused', async (_, make) => {
    const { opened } = connect(await registered('w-refused'), await make());
    expect(REFUSALS).toContain(await opened);
  });

  it('that names no worker is refused', async () => {
    const address = (await registered('w-refused')).split('?')[0] as string;
    expect(REFUSALS).toContain(await connect(address, await token()).opened);
  });

  it('of a worker is known from its first heartbeat until it closes', async () => {
    const connection = connect(await registered('w-own'), await token());
    expect(await connection.opened).toBe(101);
    expect(await connectionOf('w-own')).toBeUndefined();
    connection.say({ type: 'heartbeat', running: 0 });
    await eventually(async () => (connection.told.length > 0 ? true : undefined));
    expect(connection.told).toEqual([{ type: 'heard', idle_seconds: 10 }]);
    expect(await connectionOf('w-own')).toEqual(expect.any(String));
    connection.close();
    await eventually(async () => ((await connectionOf('w-own')) === undefined ? true : undefined));
  });

  it("of another subject, or of an earlier registration, does not take a worker's place", async () => {
    const first = await registered('w-taken');
    const second = await registered('w-taken');
    const own = connect(second, await token());
    await own.opened;
    own.say({ type: 'heartbeat', running: 0 });
    const place = await eventually(() => connectionOf('w-taken'));
    const mallory = connect(second, await local.tokenFor('mallory', SCOPES.worker));
    const earlier = connect(first, await token());
    for (const other of [mallory, earlier]) {
      expect(await other.opened).toBe(101);
      // What a message names beside is nobody's.
      other.say({
        type: 'heartbeat',
        running: 0,
        worker_id: 'w-taken',
        registration: new URL(second).searchParams.get('registration'),
      });
      await eventually(async () => (other.told.length > 0 ? true : undefined));
      expect(other.told).toEqual([{ type: 'unregistered' }]);
      other.close();
    }
    await sleep(500);
    expect(await connectionOf('w-taken')).toBe(place);
    own.close();
  });
});

ofScale(() => local);
