import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { LIMITS } from '../core/limits';
import { decodeUtf8 } from '../core/model/utf8';
import type { Folder } from '../init/folder';

/** As deep as projects keep what configures them. */
const DEEPEST = 6;
/** Files that are looked at; of a larger folder, those that lie higher up. */
const MOST_FILES = 50_000;

/** What tools make, and what belongs to others. */
const LEFT_OUT =
  /^(node_modules|dist|out|target|coverage|vendor|venv|env|__pycache__|test-results|playwright-report|cdk\.out)$/;
/** Folders with a dot that say something of tests. */
const WITH_DOT = /^\.(github|circleci|buildkite)$/;

/** A folder of this machine, read and never written. Links are not followed: they may lead out of it, or in circles. */
export function folderAt(path: string): Folder {
  const root = resolve(path);
  const files: string[] = [];
  for (let level = ['']; level.length > 0 && files.length < MOST_FILES; ) {
    const next: string[] = [];
    for (const dir of level) {
      for (const entry of entriesOf(join(root, dir))) {
        const at = dir === '' ? entry.name : `${dir}/${entry.name}`;
        const isHidden = entry.name.startsWith('.') && !WITH_DOT.test(entry.name);
        if (entry.isFile()) files.push(at);
        else if (entry.isDirectory() && !isHidden && !LEFT_OUT.test(entry.name)) next.push(at);
      }
    }
    level = (next[0]?.split('/').length ?? 0) > DEEPEST ? [] : next;
  }
  return {
    name: basename(root),
    files: files.slice(0, MOST_FILES).sort(),
    read: (file) => textOf(join(root, file)),
  };
}

function entriesOf(dir: string) {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch {
    // What may not be looked into says nothing.
    return [];
  }
}

function textOf(path: string): string | undefined {
  try {
    const { size } = statSync(path);
    if (size > LIMITS.textLength) return undefined;
    const bytes = Buffer.alloc(size);
    const fd = openSync(path, 'r');
    try {
      readSync(fd, bytes, 0, size, 0);
    } finally {
      closeSync(fd);
    }
    const decoded = decodeUtf8(bytes);
    return 'text' in decoded ? decoded.text : undefined;
  } catch {
    return undefined;
  }
}
