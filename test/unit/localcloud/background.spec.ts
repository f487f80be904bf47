import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Background,
  pidFile,
  runningPid,
  startBackground,
  stopBackground,
} from '../../../lib/localcloud/background';

const SLEEPER = ['-e', 'setInterval(() => {}, 1000) /* reprise-test-sleeper */'];

describe('a background program', () => {
  let dir: string;
  let background: Background;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'reprise-background-'));
    background = { dir, name: 'sleeper', mark: 'reprise-test-sleeper' };
  });
  afterEach(async () => {
    await stopBackground(background);
    rmSync(dir, { recursive: true, force: true });
  });

  it('is found by its pid file while it runs, and not after it was stopped', async () => {
    const pid = startBackground(background, { program: process.execPath, args: SLEEPER, env: process.env });
    expect(await runningPid(background)).toBe(pid);
    expect(await stopBackground(background)).toBe(true);
    expect(await runningPid(background)).toBeUndefined();
    expect(await stopBackground(background)).toBe(false);
  });

  it('reads what is secret from a descriptor, and leaves it nowhere', async () => {
    const script = `require('node:fs').writeFileSync('${join(dir, 'told')}', require('node:fs').readFileSync(3)); ${SLEEPER[1]}`;
    const command = { program: process.execPath, args: ['-e', script], env: process.env, secret: 'jwt' };
    const pid = startBackground(background, command);
    while (!existsSync(join(dir, 'told')) || statSync(join(dir, 'told')).size === 0) await sleep(10);
    expect(readFileSync(join(dir, 'told'), 'utf8')).toBe('jwt');
    expect(readdirSync(dir).sort()).toEqual(['sleeper.log', 'sleeper.pid', 'told']);
    expect(await runningPid(background)).toBe(pid);
  });

  it('is not taken for another program that got its pid', async () => {
    writeFileSync(pidFile(background), String(process.pid));
    expect(await runningPid(background)).toBeUndefined();
  });

  it('is not taken for one that never started', async () => {
    startBackground(background, { program: join(dir, 'no-such-program'), env: process.env });
    expect(await runningPid(background)).toBeUndefined();
  });
});
