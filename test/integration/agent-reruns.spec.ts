import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestExecutionClient } from '../../lib/adapters/http/test-execution-client';
import { type Agent, startAgent } from '../../lib/agent/agent';
import { createLog } from '../../lib/agent/log';
import { toRequestBody } from '../../lib/contract/execution-wire';
import { callbackBodies } from '../../lib/contract/executions';
import type { TestId, TestSummary } from '../../lib/core/model/test-results';
import type { AttemptRequest } from '../../lib/core/ports/execution';
import { request, until } from '../unit/adapters/embedded/process/harness';
import { DISPATCH_TOKEN, type FakeEngine, fakeEngine } from '../unit/agent/fake-engine';

const SUITE = `
const assert = require('node:assert/strict');
const { appendFileSync, existsSync } = require('node:fs');
const { test } = require('node:test');
const note = (name) => appendFileSync(process.env.NOTES, name + '\\n');
test('steady', () => note('steady'));
test('flaky', () => {
  const isFirst = !existsSync(process.env.NOTES + '.seen');
  appendFileSync(process.env.NOTES + '.seen', '');
  note('flaky');
  assert.equal(isFirst, false);
});
`;

// Commands of a worker run where it was started, and their reports lie below.
let engine: FakeEngine;
let dir: string;
let here: string;
let agent: Agent;

beforeEach(async () => {
  engine = await fakeEngine();
  dir = mkdtempSync(join(tmpdir(), 'reprise-agent-reruns-'));
  mkdirSync('.reprise', { recursive: true });
  here = mkdtempSync('.reprise/reruns-');
  writeFileSync(join(dir, 'cart.check.cjs'), SUITE);
});

afterEach(async () => {
  await agent.kill('test is over');
  await agent.abandon();
  await engine.close();
  for (const each of [dir, here]) rmSync(each, { recursive: true, force: true });
});

describe.each(['is called', 'pulls'])('a worker that %s', (way) => {
  async function start(): Promise<void> {
    agent = await startAgent({
      ...{ api: engine.url, token: 'jwt', id: 'node-1', pool: 'default', labels: [], slots: 1 },
      ...(way === 'pulls' ? {} : { push: { host: '127.0.0.1', port: 0 } }),
      ...{ workDir: join(dir, 'work'), suites: {}, env: { NOTES: join(dir, 'notes') }, clock: Date.now },
      log: createLog({ write: () => {}, clock: Date.now, color: false }),
      graceMs: 200,
    });
  }

  let asked = 0;
  async function submit(attempt: number, tests?: readonly TestId[]): Promise<void> {
    const report = `${here}/r.xml`;
    const run = `node --test --test-reporter=junit --test-reporter-destination=${report} ${dir}/cart.check.cjs`;
    const work = { kind: 'command' as const, run, reports: [{ path: report }], ...(tests ? { tests } : {}) };
    const wanted: AttemptRequest = request('', { attempt, work });
    if (way === 'pulls') {
      asked += 1;
      const id = `6a0f4e52-3f0a-4a7e-9d7e-${String(asked).padStart(12, '0')}`;
      engine.sockets.send({ type: 'submit', id, execution: toRequestBody(wanted, 'token') });
      return;
    }
    const { endpoint = '' } = agent;
    const client = createTestExecutionClient({
      endpoint,
      dispatchToken: DISPATCH_TOKEN,
      attemptToken: () => 'token',
    });
    await client.submit(wanted);
  }

  async function heard(path: string, callback: 'completed' | 'failed'): Promise<TestSummary> {
    const { body } = await until(() => engine.to(path)[0], path);
    return callbackBodies[callback].parse(body).tests as TestSummary;
  }

  it('reports which tests failed, runs those alone when it is asked to, and proves it', async () => {
    await start();
    await submit(1);
    const first = await heard('/attempts/1/failed', 'failed');
    expect(first.counts).toEqual({ passed: 1, failed: 1, skipped: 0, unfinished: 0, flaky: 0 });
    expect(first.failed).toEqual([{ runner: 'node-test', suites: [], title: 'flaky' }]);

    await submit(2, first.failed);
    const second = await heard('/attempts/2/completed', 'completed');
    expect(second).toMatchObject({ failed: [], problems: [], rerun: { asked: 1, scope: 'tests' } });
    expect(readFileSync(join(dir, 'notes'), 'utf8')).toBe('steady\nflaky\nflaky\n');
  });

  it('fails an attempt whose command ends well and has run none of the tests it was asked for', async () => {
    await start();
    await submit(1, [{ runner: 'node-test', suites: [], title: 'renamed meanwhile' }]);
    const { problems, failed } = await heard('/attempts/1/failed', 'failed');
    expect(problems).toEqual(['of 1 tests to run again it proves nothing for renamed meanwhile']);
    expect(failed).toHaveLength(1);
  });
});
