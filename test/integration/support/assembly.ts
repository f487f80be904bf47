import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DeployOptions, synthesise } from '../../../lib/localcloud/deploy';

/** A folder of this run of the tests, which its workers share; none where another program uses the environment. */
const shared = (): string | undefined => process.env['REPRISE_TEST_RUN'];

/** Where the keys of all environments of this run are, so that they have one context. */
export function keysDir(): string | undefined {
  const run = shared();
  if (run === undefined) return undefined;
  const dir = join(run, 'keys');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return dir;
}

/**
 * The cloud assembly of a context, made once in a run of the tests: that takes longer than to deploy it. Two workers that want
 * one at the same time both make it, and the first counts.
 */
export async function assemblyOf(options: DeployOptions): Promise<string | undefined> {
  const run = shared();
  if (run === undefined) return undefined;
  const name = createHash('sha256').update(JSON.stringify(options.context)).digest('hex').slice(0, 16);
  const assembly = join(run, `assembly-${name}`);
  if (existsSync(assembly)) return assembly;
  const draft = mkdtempSync(join(run, 'draft-'));
  await synthesise(options, draft);
  try {
    renameSync(draft, assembly);
  } catch {
    rmSync(draft, { recursive: true, force: true });
  }
  return assembly;
}
