import { existsSync, mkdirSync, mkdtempSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_AGAIN_MS = 200;

/** A folder that the workers of this run of the tests share; none where another program uses their support. */
export const runDir = (): string | undefined => process.env['REPRISE_TEST_RUN'];

/**
 * What is dear to make, made by the first of the workers that wants it, while the others wait.
 * @param make fills an empty folder. Where it fails, whoever waits tries it again.
 * @returns the folder; undefined where there is no run to share it.
 */
export async function onceInRun(
  name: string,
  make: (dir: string) => Promise<void>,
): Promise<string | undefined> {
  const run = runDir();
  if (run === undefined) return undefined;
  const made = join(run, name);
  while (!existsSync(made)) {
    if (!takes(`${made}.lock`)) {
      await sleep(LOOK_AGAIN_MS);
      continue;
    }
    try {
      if (existsSync(made)) break;
      const draft = mkdtempSync(join(run, 'draft-'));
      await make(draft);
      renameSync(draft, made);
    } finally {
      rmdirSync(`${made}.lock`);
    }
  }
  return made;
}

/** The same for what is made without waiting for anything, as a process that is run to its end. */
export function onceInRunNow(name: string, make: (dir: string) => void): string | undefined {
  const run = runDir();
  if (run === undefined) return undefined;
  const made = join(run, name);
  while (!existsSync(made)) {
    if (!takes(`${made}.lock`)) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS);
      continue;
    }
    try {
      if (existsSync(made)) break;
      const draft = mkdtempSync(join(run, 'draft-'));
      make(draft);
      renameSync(draft, made);
    } finally {
      rmdirSync(`${made}.lock`);
    }
  }
  return made;
}

function takes(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
