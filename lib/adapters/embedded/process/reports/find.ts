import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LIMITS } from '../../../../core/limits';

/** Entries of directories that one search looks at. */
const MOST_ENTRIES = 50_000;
const DEEPEST = 20;
/** Nobody leaves reports there, and they hold more files than anything else. */
const LEFT_OUT = new Set(['node_modules', '.git']);

/**
 * The regular files below a directory that a path with `*`, `?` and `**` names, in order, at most one more than an
 * attempt may have. Nothing outside of the directory is found, whatever links lie in it.
 */
export function findFiles(dir: string, path: string): string[] {
  const found: string[] = [];
  const search = { left: MOST_ENTRIES, found, root: realOf(dir) };
  if (search.root !== undefined)
    walk(
      search as Search,
      dir,
      path.split('/').filter((part) => part !== '' && part !== '.'),
    );
  return [...new Set(found)].sort();
}

interface Search {
  left: number;
  readonly found: string[];
  readonly root: string;
}

function walk(search: Search, dir: string, [part, ...rest]: readonly string[], depth = 0): void {
  if (part === undefined || part === '..' || depth > DEEPEST || search.found.length > LIMITS.reportFiles)
    return;
  if (part === '**') {
    walk(search, dir, rest.length === 0 ? ['*'] : rest, depth);
    for (const name of namesIn(search, dir)) {
      if (!LEFT_OUT.has(name) && kindOf(join(dir, name)) === 'directory')
        walk(search, join(dir, name), [part, ...rest], depth + 1);
    }
    return;
  }
  const names = /[*?]/.test(part)
    ? namesIn(search, dir).filter((name) => matcherOf(part).test(name))
    : [part];
  for (const name of names) {
    const path = join(dir, name);
    if (rest.length > 0) walk(search, path, rest, depth + 1);
    else if (kindOf(path) === 'file' && isBelow(search.root, path)) search.found.push(path);
  }
}

function namesIn(search: Search, dir: string): string[] {
  try {
    const names = readdirSync(dir).slice(0, Math.max(0, search.left));
    search.left -= names.length;
    return names;
  } catch {
    return [];
  }
}

/** Of the entry itself: a link is neither. */
function kindOf(path: string): 'file' | 'directory' | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? 'file' : stat?.isDirectory() ? 'directory' : undefined;
}

function isBelow(root: string, path: string): boolean {
  const real = realOf(path);
  return real !== undefined && !relative(root, real).startsWith('..');
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** A leading dot is one like any other character. */
function matcherOf(part: string): RegExp {
  const pattern = part
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '[^/]*')
    .replaceAll('?', '[^/]');
  return new RegExp(`^${pattern}$`, 's');
}
