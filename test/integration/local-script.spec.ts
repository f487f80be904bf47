import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, runCommand } from '../../lib/localcloud/command';
import { readDeployment } from '../../lib/localcloud/deploy';
import { freePort, isPortFree } from '../../lib/localcloud/port';
import { bash } from '../support/docs/bash';
import { blocksOf } from '../support/docs/blocks';
import { furnish } from '../support/docs/world';
import { shareLambdaCode } from './support/assembly';
import { listeningPorts } from './support/listening';
import { ROOT } from './support/local-environment';

/** The blocks of docs/tutorial/on-aws.md that are for the local cloud, which is up; its workers run in another folder. */
async function walkTutorial(dir: string, env: NodeJS.ProcessEnv, stateDir: string) {
  const blocks = blocksOf('docs/tutorial/on-aws.md').map(({ text, ...block }) => ({
    ...block,
    text: text
      .replaceAll('.reprise/local', stateDir)
      .replaceAll('token --env local', `token --env local --state-dir ${stateDir}`)
      .replace(/\b(begun|mended)\b(?!")/g, `${dir}/$1`),
  }));
  for (const { word, text } of blocks.filter((block) => block.word.endsWith('.json'))) {
    writeFileSync(join(dir, word), text);
  }
  const isMeant = ({ language, word, text }: (typeof blocks)[number]) =>
    language === 'sh' && ['', 'tried-apart'].includes(word) && !text.includes('npm run local');
  return bash(['set -e', ...blocks.filter(isMeant).map(({ text }) => text)].join('\n'), dir, env);
}

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
    await shareLambdaCode();
    port = await freePort();
  }, 120_000);
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

  // It waits for a worker to be missed, which takes a minute: the rest goes on meanwhile.
  let walked: Promise<{ readonly code: number | null; readonly said: string }>;
  it('lets a newcomer walk the tutorial: submit by curl, watch, kill a worker, redrive, verify', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'reprise-newcomer-'));
    const token = await runCommand(
      process.execPath,
      [
        'dist/reprise.js',
        'token',
        '--env',
        'local',
        '--state-dir',
        stateDir,
        '--scope',
        'orchestration.jobs orchestration.retry.standard',
      ],
      { cwd: ROOT },
    );
    const { apiUrl } = readDeployment(stateDir, `http://127.0.0.1:${port}`) ?? {};
    const env = { ...furnish(dir, join(ROOT, 'dist/reprise.js')), API: apiUrl, TOKEN: token.output.trim() };
    walked = walkTutorial(dir, env, stateDir);
    walked.catch(() => undefined);
    expect(apiUrl).toContain('_user_request_');
  }, 60_000);

  it('shows executions, queues and events', async () => {
    const { status, output } = await local('--status');
    expect(status).toBe(0);
    expect(output).toMatch(/SUCCEEDED +tasks (\d+) scheduled, \1 succeeded, 0 failed/);
    expect(output).toMatch(/jobs dlq +0 \/ 0 \/ 0/);
    expect(output).toContain('orchestration.execution.completed');
  }, 60_000);

  it('has let the newcomer get to the end', async () => {
    const { code, said } = await walked;
    expect({ code, said }).toEqual({ code: 0, said });
    expect(said).toMatch(/attempt 1 on local-\d, .*: lost/);
    expect(said).toMatch(/attempt 2 on local-\d, .*: succeeded/);
    expect(said.match(/^valid: \d+ events? of audit\.jsonl, none changed or missing$/gm)).not.toBeNull();
    expect(said).toMatch(/^valid: \d+ events of job\.jsonl/m);
  }, 240_000);

  // After the walk: it starts the worker again that was killed, which would go on with what still runs.
  it('changes nothing else when it runs again', async () => {
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
