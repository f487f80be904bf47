import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, runCommand } from '../../lib/localcloud/command';
import { freePort, isPortFree } from '../../lib/localcloud/port';
import { listeningPorts } from './support/listening';
import { ROOT } from './support/local-environment';

/** `npm run local`, beside whatever runs on this machine already. */
describe('npm run local', () => {
  const stateDir = join(mkdtempSync(join(tmpdir(), 'reprise-script-')), 'state');
  let port: number;
  const local = (...args: string[]): Promise<CommandResult> => {
    const { AWS_ENDPOINT_URL: _endpoint, ...rest } = process.env;
    const env = { ...rest, REPRISE_LOCAL_DIR: stateDir, REPRISE_LOCAL_PORT: String(port) };
    return runCommand('npm', ['run', '--silent', 'local', '--', ...args], { cwd: ROOT, env });
  };
  beforeAll(async () => {
    port = await freePort();
  });
  afterAll(async () => {
    await local('--down');
    rmSync(join(stateDir, '..'), { recursive: true, force: true });
  }, 60_000);

  it('says that nothing is up', async () => {
    const { status, output } = await local('--status');
    expect([status, output]).toEqual([2, expect.stringContaining('npm run local brings it up')]);
  }, 60_000);

  it('brings everything up and runs the example to its end', async () => {
    const { status, output } = await local();
    expect({ status, output }).toEqual({
      status: 0,
      output: expect.stringMatching(/job \S+ succeeded in .* succeeded/),
    });
    expect(output).toContain('build  succeeded');
    expect(output).toContain('/_user_request_/jobs');
  }, 400_000);

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('has run it on workers that accept no connection', () => {
    const pidOf = (name: string) => Number(readFileSync(join(stateDir, `${name}.pid`), 'utf8'));
    expect(listeningPorts(pidOf('ministack'))).toEqual([port]);
    for (const name of ['agents/local-1', 'agents/local-2']) expect(listeningPorts(pidOf(name))).toEqual([]);
  });

  it('shows executions, queues and events', async () => {
    const { status, output } = await local('--status');
    expect(status).toBe(0);
    expect(output).toMatch(/SUCCEEDED +tasks (\d+) scheduled, \1 succeeded, 0 failed/);
    expect(output).toMatch(/jobs dlq +0 \/ 0 \/ 0/);
    expect(output).toContain('orchestration.execution.completed');
  }, 60_000);

  it('changes nothing when it runs again', async () => {
    const { status, output } = await local('--no-example');
    expect(status).toBe(0);
    expect(output).not.toContain('starting the local cloud');
  }, 200_000);

  it('refuses what it does not know, with its usage', async () => {
    const { status, output } = await local('--nope');
    expect([status, output]).toEqual([2, expect.stringContaining('Usage: npm run local')]);
  }, 60_000);

  it('leaves nothing that runs and no state', async () => {
    const { status, output } = await local('--down');
    expect(status).toBe(0);
    expect(output).toMatch(/stopped: .*local-1.*local-2.*local cloud/);
    expect(existsSync(stateDir)).toBe(false);
    expect(await isPortFree(port)).toBe(true);
  }, 60_000);
});
