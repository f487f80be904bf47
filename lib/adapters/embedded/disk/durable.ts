import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsync,
  mkdir,
  open,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { hasCode } from './has-code';
import { isOpenToOthers, narrow, PRIVATE_DIR, PRIVATE_FILE } from './privacy';

/**
 * Files and directories that survive a loss of power. What only touches the caches of the system, small files that are read
 * included, is done at once: a trip through the thread pool costs many times what it takes. What waits for the disk, and what
 * some file systems take a millisecond for (to create something), does not hold up the process.
 */
const sync = promisify(fsync);
const make = promisify(mkdir);
const openWith: (path: string, flags: string, mode: number) => Promise<number> = promisify(open);

/** Opens a file of ours to write, which may have to be created. Nobody else can read it. */
export async function openFile(path: string, flags: string): Promise<number> {
  const fd = await openWith(path, flags, PRIVATE_FILE);
  try {
    if (isOpenToOthers(fstatSync(fd))) fchmodSync(fd, PRIVATE_FILE);
  } catch (error) {
    // A file of somebody else that we may write.
    if (!hasCode(error, 'EPERM')) {
      closeSync(fd);
      throw error;
    }
  }
  return fd;
}

let serial = 0;

/** By directory: the sync that is under way, and the one that begins after it. */
const syncing = new Map<string, { readonly current: Promise<void>; next?: Promise<void> }>();

/**
 * Makes the entries of a directory survive a loss of power: the file's own fsync does not cover its name. Whoever asks
 * while one is under way shares the next: what was entered meanwhile may have been too late for the first.
 */
export function syncDir(path: string): Promise<void> {
  const under = syncing.get(path);
  if (!under) return startSync(path);
  under.next ??= under.current.then(
    () => startSync(path),
    () => startSync(path),
  );
  return under.next;
}

function startSync(path: string): Promise<void> {
  const current = syncFile(path);
  const entry = { current };
  syncing.set(path, entry);
  const over = () => {
    if (syncing.get(path) === entry) syncing.delete(path);
  };
  current.then(over, over);
  return current;
}

/** What is in a file, or a directory, survives a loss of power from then on. */
export async function syncFile(path: string): Promise<void> {
  const fd = openSync(path, 'r');
  try {
    await sync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Creates a directory and its missing parents, for us alone; durable when it resolves. One that is there is narrowed. */
export async function makeDir(path: string): Promise<void> {
  const first = (await make(path, { recursive: true, mode: PRIVATE_DIR })) as string | undefined;
  if (first === undefined) return narrow(path);
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncDir(dirname(made));
}

/** Replaces a file as a whole: a reader sees the old content or the new. */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  how: { durable: boolean },
): Promise<void> {
  serial += 1;
  const draft = `${path}.${process.pid}-${serial}.tmp`;
  try {
    const fd = await openFile(draft, 'w');
    try {
      writeFileSync(fd, content);
      if (how.durable) await sync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  if (how.durable) await syncDir(dirname(path));
}

export function exists(path: string): boolean {
  return statsOf(path) !== undefined;
}

export function isDirectory(path: string): boolean {
  return statsOf(path)?.isDirectory() ?? false;
}

/** What a path leads to; undefined where nothing is there. */
export function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
