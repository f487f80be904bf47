import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from './process-files';

let serial = 0;

/** Makes the entries of a directory survive a loss of power: the file's own fsync does not cover its name. */
export async function syncDir(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a directory and its missing parents; durable when it resolves. */
export async function makeDir(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncDir(dirname(made));
}

/** Replaces a file as a whole: a reader sees the old content or the new. */
export async function replaceFile(path: string, text: string, how: { durable: boolean }): Promise<void> {
  serial += 1;
  const draft = `${path}.${process.pid}-${serial}.tmp`;
  try {
    await writeFile(draft, text, { flush: how.durable });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  if (how.durable) await syncDir(dirname(path));
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return false;
      throw error;
    },
  );
}
