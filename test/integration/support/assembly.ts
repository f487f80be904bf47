import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../../../lib/constructs/lambda-code';
import { type DeployOptions, synthesise } from '../../../lib/localcloud/deploy';
import { onceInRun, runDir } from '../../support/once-in-run';

const ROOT = join(__dirname, '..', '..', '..');

/** Where the keys of all environments of this run are, so that they have one context. */
export function keysDir(): string | undefined {
  const run = runDir();
  if (run === undefined) return undefined;
  const dir = join(run, 'keys');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return dir;
}

/**
 * Has every run of the CDK app that this process starts use bundles that are made once in a run of the tests: to make them
 * takes longer than all else that it does.
 */
export async function shareLambdaCode(): Promise<void> {
  const code = await onceInRun('lambdas', async (dir) => bundle(ROOT, dir));
  if (code !== undefined) process.env['REPRISE_LAMBDA_CODE'] = code;
}

/** The cloud assembly of a context, made once in a run of the tests. What is packed of one is there for all: it has the hash as its name. */
export async function assemblyOf(options: DeployOptions): Promise<string | undefined> {
  await shareLambdaCode();
  const packed = await onceInRun('packed', async () => {});
  const name = createHash('sha256').update(JSON.stringify(options.context)).digest('hex').slice(0, 16);
  return onceInRun(`assembly-${name}`, async (dir) => {
    await synthesise(options, dir);
    if (packed !== undefined) symlinkSync(packed, join(dir, '.cache'));
  });
}
