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
  for (;;) {
    const turn = turnTo(name);
    if ('made' in turn) return turn.made;
    if ('wait' in turn) await sleep(LOOK_AGAIN_MS);
    else await make(turn.draft).then(turn.keep).finally(turn.end);
  }
}

/** The same for what is made without waiting for anything, as a process that is run to its end. */
export function onceInRunNow(name: string, make: (dir: string) => void): string | undefined {
  for (;;) {
    const turn = turnTo(name);
    if ('made' in turn) return turn.made;
    if ('wait' in turn) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS);
      continue;
    }
    try {
      make(turn.draft);
      turn.keep();
    } finally {
      turn.end();
    }
  }
}

type Turn =
  | { readonly made: string | undefined }
  | { readonly wait: true }
  | { readonly draft: string; readonly keep: () => void; readonly end: () => void };

function turnTo(name: string): Turn {
  const run = runDir();
  if (run === undefined) return { made: undefined };
  const made = join(run, name);
  const lock = `${made}.lock`;
  if (existsSync(made)) return { made };
  if (!takes(lock)) return { wait: true };
  const end = () => rmdirSync(lock);
  if (existsSync(made)) {
    end();
    return { made };
  }
  const draft = mkdtempSync(join(run, 'draft-'));
  return { draft, keep: () => renameSync(draft, made), end };
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
