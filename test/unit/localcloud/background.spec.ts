import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  it('is not taken for another program that got its pid', async () => {
    writeFileSync(pidFile(background), String(process.pid));
    expect(await runningPid(background)).toBeUndefined();
  });

  it('is not taken for one that never started', async () => {
    startBackground(background, { program: join(dir, 'no-such-program'), env: process.env });
    expect(await runningPid(background)).toBeUndefined();
  });
});
