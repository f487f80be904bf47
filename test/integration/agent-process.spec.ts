import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestExecutionClient } from '../../lib/adapters/http/test-execution-client';
import { toRequestBody } from '../../lib/contract/execution-wire';
import { request, until } from '../unit/adapters/embedded/process/harness';
import { DISPATCH_TOKEN, type FakeEngine, fakeEngine } from '../unit/agent/fake-engine';
import { listeningPorts } from './support/listening';

const ROOT = join(__dirname, '../..');

let engine: FakeEngine;
let workDir: string;
const processes: ChildProcess[] = [];

beforeEach(async () => {
  engine = await fakeEngine();
  workDir = mkdtempSync(join(tmpdir(), 'reprise-agent-'));
});

afterEach(async () => {
  for (const child of processes.splice(0)) kill(child, 'SIGKILL');
  await engine.close();
  rmSync(workDir, { recursive: true, force: true });
});

/** `reprise agent` as a process of its own, which is called; resolves when it has registered. */
const startProcess = (...args: string[]) => startPulling('--port', '0', ...args);

async function startPulling(...args: string[]) {
  const registered = engine.to('/workers').length;
  const command = ['--import', 'tsx', 'bin/reprise.ts', 'agent', '--api', engine.url];
  const child = spawn(process.execPath, [...command, '--id', 'node-1', '--work-dir', workDir, ...args], {
    cwd: ROOT,
    env: {
      ...process.env,
      REPRISE_TOKEN: 'jwt-of-the-agent',
      SECRET: 'hidden',
      PASSED: 'seen',
      AWS_SECRET_ACCESS_KEY: 'of-the-agent',
    },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  processes.push(child);
  let log = '';
  child.stderr.on('data', (data) => {
    log += data;
  });
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  await until(() => engine.to('/workers').length > registered || child.exitCode !== null, 'the registration');
  const endpoint = String(engine.to('/workers').at(-1)?.body['endpoint']);
  const client = createTestExecutionClient({
    endpoint,
    dispatchToken: DISPATCH_TOKEN,
    attemptToken: 'token-of-attempts',
  });
  return { child, exited, client, log: () => log };
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
}

const waitFor = (path: string) => until(() => engine.to(path)[0], path);

it('an agent that is killed and started again runs each attempt once and reports it', async () => {
  const first = await startProcess('--slots', '4');
  const command = `echo ran >> ${workDir}/runs-$REPRISE_NODE; until test -e ${workDir}/go; do sleep 0.02; done; echo "x:=1" > "$REPRISE_OUTPUT"`;
  const nodes = ['a', 'b', 'c'];
  for (const nodeId of nodes) await first.client.submit(request(command, { nodeId }));
  kill(first.child, 'SIGKILL');
  await first.exited;
  await startProcess('--slots', '4');
  writeFileSync(join(workDir, 'go'), '');
  for (const nodeId of nodes) {
    const end = await waitFor(`/nodes/${nodeId}/attempts/1/completed`);
    expect(end.body).toMatchObject({ worker_id: 'node-1', outputs: { x: 1 } });
    expect(readFileSync(join(workDir, `runs-${nodeId}`), 'utf8')).toBe('ran\n');
  }
});

it('passes on to commands only what it is told to', async () => {
  const { client } = await startProcess('--env', 'PASSED', '--env', 'MADE=up');
  const command = 'echo "seen=$PASSED$MADE,$SECRET,$REPRISE_TOKEN" > "$REPRISE_OUTPUT"';
  await client.submit(request(command));
  expect((await waitFor('/completed')).body).toMatchObject({ outputs: { seen: 'seenup,,' } });
});

/** What every process of this machine shows of itself to others of the same user: environment and command line. */
const shownBy = (pid: number | undefined) =>
  ['environ', 'cmdline'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'latin1')).join('\n');

it.each([
  ['in its environment', []],
  ['on its command line', ['--token', 'jwt-of-the-agent']],
  ['in a file', ['--token-file', 'TOKEN']],
])('an agent that gets its token %s shows it to no command', async (_, args) => {
  const file = join(workDir, 'token');
  writeFileSync(file, 'jwt-of-the-agent\n');
  const { child, client } = await startProcess(
    '--slots',
    '2',
    ...args.map((arg) => (arg === 'TOKEN' ? file : arg)),
  );
  expect(engine.to('/workers').at(-1)?.headers.authorization).toBe('Bearer jwt-of-the-agent');
  await client.submit(request(`until test -e ${workDir}/go; do sleep 0.02; done`, { nodeId: 'other' }));
  await waitFor('/nodes/other/attempts/1/started');
  const look = 'cat /proc/$PPID/environ /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"';
  await client.submit(
    request(`${look} | grep -c -e "token-of-[a]ttempts" -e "jwt-of-the-[a]gent" -e ${DISPATCH_TOKEN}`),
  );
  const end = await waitFor('/nodes/a/attempts/1/failed');
  expect(end.body).toMatchObject({ failure: { exitCode: 1, message: 'exit status 1\n0' } });
  if (process.platform === 'linux') expect(shownBy(child.pid)).not.toContain('jwt-of-the-agent');
  writeFileSync(join(workDir, 'go'), '');
});

it('gives its token to no command, whoever asks for that', async () => {
  const { exited, log } = await startProcess('--env', 'REPRISE_TOKEN');
  expect(await exited).toBe(2);
  expect(log()).toContain('our own token is not for commands');
});

it('resolves a secret, which goes to its command and not to the engine', async () => {
  const dir = join(workDir, 'secrets');
  mkdirSync(dir);
  writeFileSync(join(dir, 'DEPLOY_KEY'), 'hunter2-key\n');
  const { client } = await startProcess('--secrets-dir', dir);
  const run =
    'echo "$DEPLOY_KEY" | base64 >&2; echo "seen=$SECRET,$DEPLOY_KEY" > "$REPRISE_OUTPUT"; test $REPRISE_NODE = good';
  const work = { kind: 'command', run, secrets: ['DEPLOY_KEY', 'SECRET'] } as const;
  await client.submit(request('', { work, nodeId: 'good' }));
  expect((await waitFor('/nodes/good/attempts/1/completed')).body).toMatchObject({
    outputs: { seen: '***,***' },
  });
  await client.submit(request('', { work, nodeId: 'bad' }));
  expect((await waitFor('/nodes/bad/attempts/1/failed')).body).toMatchObject({
    failure: { message: expect.stringMatching(/^exit status 1\n\*\*\*/) },
  });
  const named = { ...work, secrets: ['AWS_SECRET_ACCESS_KEY'] };
  await client.submit(request('', { work: named, nodeId: 'own' }));
  expect((await waitFor('/nodes/own/attempts/1/failed')).body).toMatchObject({
    failure: { kind: 'spawn', message: expect.stringContaining('AWS_SECRET_ACCESS_KEY is not known') },
  });
});

it('without an address to be called at, an agent pulls and accepts no connection', async () => {
  const { child, exited, log } = await startPulling();
  await until(() => log().includes('connected'), 'the connection');
  if (process.platform === 'linux') expect(listeningPorts(child.pid as number)).toEqual([]);
  expect(engine.to('/workers')[0]?.body).not.toHaveProperty('endpoint');
  const id = '6a0f4e52-3f0a-4a7e-9d7e-0c1b2a3d4e5f';
  const execution = toRequestBody(request('echo "x:=1" > "$REPRISE_OUTPUT"'), 'token-of-the-attempt');
  engine.sockets.send({ type: 'submit', id, execution });
  expect((await waitFor('/completed')).body).toMatchObject({ outputs: { x: 1 } });
  kill(child, 'SIGTERM');
  expect(await exited).toBe(0);
});

it('SIGTERM lets running attempts end, then ends the agent with status 0', async () => {
  const { child, client, exited, log } = await startProcess();
  await client.submit(request(`until test -e ${workDir}/go; do sleep 0.02; done`));
  kill(child, 'SIGTERM');
  await until(() => log().includes('taking nothing new'), 'the agent to drain');
  writeFileSync(join(workDir, 'go'), '');
  expect(await exited).toBe(0);
  expect(engine.to('/completed')).toHaveLength(1);
});

it('a second SIGTERM ends running attempts, which are reported as given back', async () => {
  const { child, client, exited, log } = await startProcess();
  await client.submit(request('trap "" TERM; while :; do sleep 0.05; done'));
  kill(child, 'SIGTERM');
  await until(() => log().includes('taking nothing new'), 'the agent to drain');
  // What comes within half a second is still the first, and one that meets Node.js in its teardown would end it by default.
  setTimeout(() => kill(child, 'SIGTERM'), 600);
  expect(await exited).toBe(0);
  expect(engine.to('/failed')[0]?.body).toMatchObject({ failure: { kind: 'cancelled' } });
});

it('an engine that refuses the token ends the agent with status 2', async () => {
  engine.intercept = () => ({ status: 401, body: { message: 'Unauthorized' } });
  const { exited, log } = await startProcess();
  expect(await exited).toBe(2);
  expect(log()).toContain('answered 401');
});
