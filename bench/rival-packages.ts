import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What the benches run beside Reprise; none of it is a dependency of the project. */
const DIR = resolve('bench/rivals');
const MODULES = join(DIR, 'node_modules');

let tried = false;

/**
 * Installs the rivals where they are missing or older than their lock, and says where a package of theirs is.
 * Install scripts do not run: none of these packages needs its own.
 * @returns the package's directory; undefined, with a line that says why, when it is not to be had.
 */
export function rival(name: string): string | undefined {
  if (!tried) install();
  tried = true;
  const dir = join(MODULES, name);
  if (existsSync(dir)) return dir;
  console.log(`left out: ${name} (not installed in bench/rivals)`);
  return undefined;
}

/** For programs that look their packages up from a directory of their own. */
export const RIVAL_MODULES = MODULES;

function install(): void {
  const lock = statSync(join(DIR, 'package-lock.json'));
  const present = statSync(join(MODULES, '.package-lock.json'), { throwIfNoEntry: false });
  if (present && present.mtimeMs >= lock.mtimeMs) return;
  console.log('installing the rivals (bench/rivals)');
  const { status, stderr, error } = spawnSync('npm', ['ci', '--ignore-scripts'], {
    cwd: DIR,
    encoding: 'utf8',
  });
  const why = error?.message ?? stderr.trim().split('\n').slice(-3).join(' ');
  if (status !== 0) console.log(`npm ci in bench/rivals failed: ${why}`);
}
