import { chmodSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { hasCode } from './has-code';
import type { Layout } from './layout';
import { makeDirs } from './make-dirs';

/**
 * What we keep is for the user it belongs to: graphs hold commands, logs whatever those print. Modes are given
 * explicitly, so that no umask widens them, and what was there before is narrowed.
 */
export const PRIVATE_DIR = 0o700;
export const PRIVATE_FILE = 0o600;
/** Others may pass through to what is theirs, and not look around. */
export const PASSABLE_DIR = 0o711;

/** Bits by which somebody else may read, write or enter. */
const OTHERS = 0o077;

export function isOpenToOthers({ mode }: { readonly mode: number }): boolean {
  return (mode & OTHERS) !== 0;
}

/** Takes from others what they may do with a file or directory of ours, where there is one. */
export function narrow(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat || !isOpenToOthers(stat)) return;
  try {
    chmodSync(path, stat.isDirectory() ? PRIVATE_DIR : PRIVATE_FILE);
  } catch (error) {
    // It belongs to somebody who lets us in. Whom else they let in is theirs to say.
    if (!hasCode(error, 'EPERM') && !hasCode(error, 'ENOENT')) throw error;
  }
}

/** Creates a directory that only its user can enter, or narrows one that is there. True when it was not there. */
export function makePrivateDir(path: string): boolean {
  if (makeDirs(path, PRIVATE_DIR) !== undefined) return true;
  narrow(path);
  return false;
}

/** The same for one in which others have something of theirs. */
export function makePassableDir(path: string): void {
  makeDirs(path, PASSABLE_DIR);
  chmodSync(path, PASSABLE_DIR);
}

/** What stands in a journal directory. Of a directory with anything else nobody knows who else needs it. */
const OURS = [
  'graphs',
  'jobs',
  'triggers',
  'dependencies',
  'letters',
  'targets',
  'cleanup',
  'audit',
  'anchors',
  'config',
  'config.yaml',
  'archive',
  'trash',
  'wal',
  'agent',
  'local',
  'ministack',
  'history.jsonl',
  'decisions.jsonl',
  'server.json',
  'store.json',
  'taking-up.json',
] as const;

/**
 * Creates a journal directory that only its user can enter, or narrows one that is there.
 * @returns what a person should know: the directory is open to others and stays so, as it holds other things as well.
 */
export function keepPrivate({
  root,
  graphs,
  jobs,
  triggers,
  dependencies,
  targets,
}: Layout): string | undefined {
  makeDirs(root, PRIVATE_DIR);
  for (const dir of [graphs, jobs, triggers, dependencies, targets]) narrow(dir);
  if (basename(root) === '.reprise' || readdirSync(root).every(isOurs)) narrow(root);
  else for (const name of readdirSync(root).filter(isOurs)) narrow(join(root, name));
  if (!isOpenToOthers(statSync(root))) return undefined;
  return `${root} is open to other users and stays so, as it is not ours alone; what is kept in it is not open to them`;
}

export function isOurs(name: string): boolean {
  return (OURS as readonly string[]).includes(name) || /^owner-\d+-\d+\.lock$/.test(name);
}
