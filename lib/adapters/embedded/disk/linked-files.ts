import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDir } from './durable';
import { hasCode } from './has-code';
import type { Layout } from './layout';
import { PRIVATE_FILE } from './privacy';
import { type OriginalName, segmentPrefix } from './wal-segments';

/**
 * Files that begin alike in every stream, as links of one: a file system makes a link many times sooner than a file. They are
 * replaced or removed later, and never written.
 */
export interface LinkedFile {
  /** @throws an error with the code EEXIST where there is something */
  readonly make: (path: string) => Promise<void>;
  readonly close: () => void;
}

export function createLinkedFile(layout: Layout, name: OriginalName, content: string): LinkedFile {
  const original = join(layout.wal, `${segmentPrefix()}${name}`);
  let written: Promise<void> | undefined;

  async function write(): Promise<void> {
    await makeDir(layout.wal);
    rmSync(original, { force: true });
    writeFileSync(original, content, { mode: PRIVATE_FILE });
  }

  return {
    async make(path) {
      written ??= write();
      await written;
      try {
        linkSync(original, path);
      } catch (error) {
        if (hasCode(error, 'EEXIST')) throw error;
        // It has as many links as one can have, or the file system knows none.
        written = undefined;
        writeFileSync(path, content, { mode: PRIVATE_FILE, flag: 'wx' });
      }
    },
    close: () => rmSync(original, { force: true }),
  };
}
