import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { GraphOwners } from '../../../core/ports/machines';
import { exists, makeDir, replaceFile } from './durable';

/** Who brought which graph, as empty files: `<dir>/<hash>/<hash of the owner>`, as owners are any text. */
export function createFileGraphOwners(dir: string): GraphOwners {
  const folderOf = (hash: string) => join(dir, /^[0-9a-f]{64}$/.test(hash) ? hash : 'none');
  const nameOf = (owner: string) => createHash('sha256').update(owner).digest('hex');
  return {
    async claim(hash, owner) {
      await makeDir(folderOf(hash));
      await replaceFile(join(folderOf(hash), nameOf(owner)), '', { durable: true });
    },
    owns: async (hash, owner) => exists(join(folderOf(hash), nameOf(owner))),
  };
}
