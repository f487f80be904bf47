import { posix } from 'node:path';

export interface RelativePaths {
  /** By the path that the report has. */
  readonly of: (path: string) => string;
  /** What they are relative to, where that is not the directory that was given. */
  readonly base?: string;
}

/** Paths with `/`, relative to a directory where all are below it, else to the folder that all have in common. */
export function relativePaths(paths: readonly string[], root: string): RelativePaths {
  const absolute = paths.map(clean).filter(isAbsolute);
  const here = `${clean(root).replace(/\/$/, '')}/`;
  const isHere = absolute.every((path) => path.startsWith(here));
  const base = isHere ? here : commonFolder(absolute);
  const of = (path: string) => (isAbsolute(clean(path)) ? clean(path).slice(base.length) : clean(path));
  return isHere ? { of } : { of, base };
}

function clean(path: string): string {
  return posix.normalize(path.replaceAll('\\', '/'));
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:\//.test(path);
}

/** With its `/` at the end. */
function commonFolder(paths: readonly string[]): string {
  const [first = '', ...rest] = paths;
  let end = first.lastIndexOf('/') + 1;
  for (const path of rest)
    while (!path.startsWith(first.slice(0, end))) end = first.lastIndexOf('/', end - 2) + 1;
  return first.slice(0, end);
}

/**
 * The shortest of these names that ends a path, at a `/`. Names that end one path end each other, so this is the same for
 * all that the selection of one of them could mean.
 */
export function shortestEnd(path: string, names: ReadonlySet<string>): string {
  for (let at = path.lastIndexOf('/'); at >= 0; at = path.lastIndexOf('/', at - 1)) {
    const end = path.slice(at + 1);
    if (names.has(end)) return end;
    if (at === 0) break;
  }
  return path;
}

/**
 * Whether a filter that is a path selects another file, where both are seen from a folder that they share, any part of a path will do,
 * and case is nothing: `src/a.test.js`, seen from `src`, selects `src/deep/a.test.js`.
 */
export function isFilteredBy(filter: string, path: string): boolean {
  const [part, whole] = [filter.toLowerCase(), path.toLowerCase()];
  for (let at = 0; ; ) {
    if (whole.slice(at).includes(part.slice(at))) return true;
    const next = filter.indexOf('/', at) + 1;
    if (next === 0 || filter.slice(0, next) !== path.slice(0, next)) return false;
    at = next;
  }
}
