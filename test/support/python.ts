import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { withLock } from '../../lib/localcloud/lock';
import { findPython } from '../../lib/localcloud/python';

/** Pinned to what was measured. */
const PACKAGES = ['pytest==9.2.0', 'pytest-rerunfailures==16.7', 'robotframework==7.5'];

const VENV = resolve('node_modules/.cache/reprise-runners');
const MARKER = join(VENV, 'complete');

/** The programs of a virtual environment with pytest and Robot Framework, made once. */
export async function pythonRunners(): Promise<string> {
  mkdirSync(dirname(VENV), { recursive: true });
  return withLock(`${VENV}.lock`, async () => {
    const wanted = PACKAGES.join('\n');
    if (!existsSync(MARKER) || readFileSync(MARKER, 'utf8') !== wanted) {
      rmSync(VENV, { recursive: true, force: true });
      must(await findPython(), ['-m', 'venv', VENV]);
      must(join(VENV, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
      writeFileSync(MARKER, wanted);
    }
    return join(VENV, 'bin');
  });
}

function must(program: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}
