import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../disk/has-code';

/** What is at a path, links themselves and not what they lead to; undefined where nothing is. */
export async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

/**
 * What is in a directory, in the order of names. Nothing where there is none, or where a link stands in its place: what
 * that leads to is not in our directory.
 */
export async function entriesIn(dir: string): Promise<Dirent[]> {
  if (!(await statOf(dir))?.isDirectory()) return [];
  const entries = await readdir(dir, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A file, or all that is in a directory: how much, and when anything of it changed last. Follows no link. */
export interface Extent {
  readonly bytes: number;
  /** Milliseconds since the epoch; 0 where there is nothing. */
  readonly changedAt: number;
}

export async function extentOf(path: string): Promise<Extent> {
  const stat = await statOf(path);
  if (!stat) return { bytes: 0, changedAt: 0 };
  let [bytes, changedAt] = [stat.isDirectory() ? 0 : stat.size, stat.mtimeMs];
  for (const { name } of await entriesIn(path)) {
    const inner = await extentOf(join(path, name));
    bytes += inner.bytes;
    changedAt = Math.max(changedAt, inner.changedAt);
  }
  return { bytes, changedAt };
}
