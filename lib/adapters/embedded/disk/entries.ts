import { readdir } from 'node:fs/promises';
import { hasCode } from './has-code';

/** Names in a directory, in order; none where there is no directory. */
export async function entriesOf(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
