import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { unreadable } from '../adapters/embedded/disk/file-error';
import { LIMITS } from '../core/limits';
import type { RepositoryFiles } from '../importers/gitlab/include';

/** Entries of directories that are looked through for the files of one pattern. */
const MOST_ENTRIES = 100_000;

/** The files below a directory. What a link leads to outside of it is not read. */
export function repositoryFiles(root: string): RepositoryFiles {
  const top = () => {
    try {
      return realpathSync(root);
    } catch (error) {
      throw unreadable(root, error);
    }
  };
  const read = (path: string): string => {
    const file = join(top(), path);
    try {
      const real = realpathSync(file);
      if (!real.startsWith(`${top()}${sep}`)) throw new Error('it leads out of the repository');
      if (statSync(real).size > LIMITS.textLength)
        throw new Error(`it is larger than ${LIMITS.textLength} bytes`);
      return readFileSync(real, 'utf8');
    } catch (error) {
      throw unreadable(path, error);
    }
  };
  return { read, find: (pattern) => find(top(), pattern) };
}

function find(top: string, pattern: string): string[] {
  if (!pattern.includes('*')) return isFile(join(top, pattern)) ? [pattern] : [];
  const fixed = pattern.slice(0, pattern.indexOf('*')).split('/').slice(0, -1).join('/');
  const fits = new RegExp(
    `^${pattern
      .split(/(\*\*\/|\*\*|\*)/)
      .map(piece)
      .join('')}$`,
  );
  const found: string[] = [];
  let looked = 0;
  const walk = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (++looked > MOST_ENTRIES) throw unreadable(pattern, new Error('too many files to look through'));
      const path = join(directory, entry.name);
      if (entry.isDirectory() && entry.name !== '.git') walk(path);
      else if (entry.isFile() && fits.test(relative(top, path))) found.push(relative(top, path));
    }
  };
  const start = join(top, fixed);
  if (statSync(start, { throwIfNoEntry: false })?.isDirectory()) walk(start);
  return found.sort();
}

function piece(part: string): string {
  if (part === '**/') return '(?:.*/)?';
  if (part === '**') return '.*';
  return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
