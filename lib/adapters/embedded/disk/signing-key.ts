import { type KeyObject, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RepriseError } from '../../../core/errors';
import { signingKey } from '../../archive/archive-text';
import { makeDir, syncDir } from './durable';
import { hasCode } from './has-code';
import type { Layout } from './layout';
import { PRIVATE_FILE } from './privacy';

/** The key that signs heads of this directory, made when it is first needed. Of two that make it at once, the first one's stays. */
export async function directoryKey({ archive }: Pick<Layout, 'archive'>): Promise<KeyObject> {
  const path = join(archive, 'signing-key');
  await makeDir(archive);
  try {
    const text = `${randomBytes(32).toString('hex')}\n`;
    await writeFile(path, text, { mode: PRIVATE_FILE, flag: 'wx', flush: true });
    await syncDir(archive);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  const seed = Buffer.from((await readFile(path, 'utf8')).trim(), 'hex');
  if (seed.length === 32) return signingKey(seed);
  const message = `${path} holds no key: delete it, and another one is made; what it has signed stays signed`;
  throw new RepriseError('JOURNAL_CORRUPT', message, { context: { path } });
}
