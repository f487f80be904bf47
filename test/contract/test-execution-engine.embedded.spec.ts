import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createProcessExecutor, type ProcessExecutor } from '../../lib/adapters/embedded/process/executor';
import { createTestExecutionClient } from '../../lib/adapters/http/test-execution-client';
import { createMemoryMachine, type Script } from '../../lib/adapters/memory/machine';
import { createVirtualTime } from '../../lib/adapters/memory/virtual-time';
import { type Agent, startAgent } from '../../lib/agent/agent';
import { fromCallback } from '../../lib/contract/execution-wire';
import { callbackBodies } from '../../lib/contract/executions';
import { type AttemptRef, attemptKey } from '../../lib/core/model/attempt';
import { until } from '../unit/adapters/embedded/process/harness';
import { type Call, DISPATCH_TOKEN, fakeEngine } from '../unit/agent/fake-engine';
import {
  describeTestExecutionEngine,
  OUTPUTS,
  type Reported,
  type TestExecutionSetup,
} from './test-execution-engine.contract';

/** Commands that note their start, wait for a file, and end as it is asked of them. */
function commands() {
  const dir = mkdtempSync(join(tmpdir(), 'reprise-contract-'));
  // Below the working directory, as reports have to be.
  const reports = `.reprise/${basename(dir)}`;
  const fileOf = (what: string, ref: AttemptRef) =>
    join(dir, `${what}-${attemptKey(ref).replaceAll('/', '.')}`);
  const ends = {
    succeeded: `echo '${JSON.stringify(OUTPUTS)}' > "$REPRISE_OUTPUT"`,
    failed: 'echo went wrong >&2; exit 1',
  };
  return {
    dir,
    work: (ref: AttemptRef, end: keyof typeof ends) => {
      const wait = `until test -e ${fileOf('go', ref)}; do sleep 0.02; done`;
      return { kind: 'command' as const, run: `echo ran >> ${fileOf('ran', ref)}; ${wait}; ${ends[end]}` };
    },
    leavesReport: (ref: AttemptRef) => {
      const wait = `until test -e ${fileOf('go', ref)}; do sleep 0.02; done`;
      const cases = '<testcase name="good"/><testcase name="bad"><failure/></testcase>';
      const run = `${wait}; mkdir -p ${reports}; echo '<testsuites>${cases}</testsuites>' > ${reports}/r.xml; exit 1`;
      return { kind: 'command' as const, run, reports: [{ path: `${reports}/*.xml` }] };
    },
    finish: async (ref: AttemptRef) => writeFileSync(fileOf('go', ref), ''),
    elapse: async () => undefined,
    executions: (ref: AttemptRef) => {
      const path = fileOf('ran', ref);
      return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
    },
    until,
    remove: () => {
      for (const each of [dir, reports]) rmSync(each, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** @param startedHere attempts that the executor starts before its launcher does. */
async function processes(startedHere: number): Promise<TestExecutionSetup> {
  const { dir, remove, ...how } = commands();
  const reports: Reported[] = [];
  const open = (): ProcessExecutor =>
    createProcessExecutor({
      ...{ dir: join(dir, 'jobs'), clock: Date.now, graceMs: 200, startedHere },
      onReport: (ref, report) => void reports.push({ ref, report }),
    });
  let executor = open();
  return {
    ...how,
    engine: () => executor,
    async restart() {
      await executor.close();
      executor = open();
    },
    reports: () => reports,
    async close() {
      await executor.killAll('the test is over', 0);
      await executor.close();
      remove();
    },
  };
}

describeTestExecutionEngine('processes', () => processes(8));
describeTestExecutionEngine('processes that a launcher starts', () => processes(0));

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** What a callback says, as the engine reads it. */
function reportedBy({ path, body }: Call): Reported {
  const found = /\/jobs\/([^/]+)\/nodes\/([^/]+)\/attempts\/(\d+)\/([a-z]+)$/.exec(path);
  const [, jobId, nodeId, attempt, callback] = found as unknown as [string, string, string, string, string];
  const parsed = callbackBodies[callback as keyof typeof callbackBodies].parse(body);
  const ref = { jobId, nodeId, attempt: Number(attempt) };
  return { ref, report: fromCallback({ callback, body: parsed } as Parameters<typeof fromCallback>[0]) };
}

describeTestExecutionEngine('a worker over HTTP', async () => {
  const { dir, remove, ...how } = commands();
  const engine = await fakeEngine();
  const start = (): Promise<Agent> =>
    startAgent({
      ...{ api: engine.url, token: 'jwt', id: 'w', pool: 'default', labels: [], slots: 8 },
      ...{ push: { host: '127.0.0.1', port: 0 }, workDir: join(dir, 'agent'), suites: {}, env: {} },
      ...{ log: silent, clock: Date.now, graceMs: 200 },
    });
  let agent = await start();
  return {
    ...how,
    engine: () =>
      createTestExecutionClient({
        ...{ endpoint: agent.endpoint ?? '', dispatchToken: DISPATCH_TOKEN, attemptToken: attemptKey },
      }),
    async restart() {
      await agent.abandon();
      agent = await start();
    },
    reports: () => engine.to('/attempts/').map(reportedBy),
    async close() {
      await agent.kill('the test is over');
      await agent.abandon();
      await engine.close();
      remove();
    },
  };
});

describeTestExecutionEngine('a machine in virtual time', async () => {
  const time = createVirtualTime(1_000_000);
  const scripts = new Map<string, Script>();
  const machine = createMemoryMachine(time.setTimer, (ref) => scripts.get(attemptKey(ref)) as Script);
  const reports: Reported[] = [];
  const open = () => machine.executor((ref, report) => void reports.push({ ref, report }));
  let executor = open();
  return {
    engine: () => executor,
    restart: async () => {
      executor = open();
    },
    work(ref, end) {
      scripts.set(attemptKey(ref), { ms: 1_000, end, outputs: OUTPUTS });
      return { kind: 'command', run: 'x' };
    },
    finish: () => time.advance(1_000),
    elapse: time.advance,
    executions: (ref) => machine.starts.get(attemptKey(ref)) ?? 0,
    reports: () => reports,
    async until(condition, what) {
      if (!(await condition())) throw new Error(`nothing is left to do, and there was no ${what}`);
    },
    close: async () => undefined,
  };
});
