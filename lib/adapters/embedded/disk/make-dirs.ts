import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { RepriseError } from '../../../core/errors';
import { hasCode } from './has-code';
import { whyNot } from './why-not';

/**
 * Makes a directory and what is missing above it, from the top. Node's own recursive `mkdir` does not come back where the
 * system takes no directory in one that exists (20.20.2).
 * @param mode of the directories that are made.
 * @returns the uppermost that was made; undefined where the directory was there.
 * @throws RepriseError INPUT_INVALID names the directory, and why it cannot be.
 */
export function makeDirs(path: string, mode?: number): string | undefined {
  const missing: string[] = [];
  try {
    for (let at = resolve(path); !statSync(at, { throwIfNoEntry: false }); at = dirname(at)) missing.push(at);
    for (const dir of [...missing].reverse()) makeOne(dir, mode);
    if (!statSync(path).isDirectory()) throw new Error('it is a file');
  } catch (cause) {
    const message = `cannot make the directory ${path || '""'}: ${whyNot('write', cause)}`;
    throw new RepriseError('INPUT_INVALID', message, { cause });
  }
  return missing.at(-1);
}

/** Another process may have made it meanwhile. */
function makeOne(dir: string, mode: number | undefined): void {
  try {
    mkdirSync(dir, mode);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}
