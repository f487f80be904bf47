import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';
import { FUNCTIONS } from './functions';

/** Where a function's code comes from. Its handler is `index.handler`. */
export type LambdaCode = (name: string) => Code;

/** Evaluates conditions. */
const EVALUATOR = 'lib/adapters/evaluator';

/** For templates that are looked at and never deployed: nothing is bundled. */
export const placeholderCode: LambdaCode = () => Code.fromInline('exports.handler = async () => {};');

/**
 * The code of every function, bundled for this run of the app, or what `bundle` has left in the folder that
 * `REPRISE_LAMBDA_CODE` names: several runs of one tree need not bundle it each.
 * @param root the repository
 */
export function bundledCode(root: string): LambdaCode {
  const kept = process.env['REPRISE_LAMBDA_CODE'];
  if (kept !== undefined) return (name) => Code.fromAsset(join(kept, name));
  const outdir = mkdtempSync(join(tmpdir(), 'reprise-lambdas-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  bundle(root, outdir);
  return (name) => Code.fromAsset(join(outdir, name));
}

/** How whatever runs in a function is bundled. */
export const bundling = (root: string) =>
  ({
    absWorkingDir: root,
    bundle: true,
    // Of ECMAScript modules only what is used is taken.
    mainFields: ['module', 'main'],
    // What functions trace with follows every promise otherwise.
    alias: { 'cls-hooked/context': join(root, 'lambdas/runtime/trace-context.ts') },
    platform: 'node',
    // The oldest Node that runs it: the local cloud's functions are processes of the host.
    target: 'node20.19',
    format: 'cjs',
    minify: true,
    // Class names reach logs and error codes.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  }) satisfies BuildOptions;

/**
 * Bundles `lambdas/<name>/handler.ts` of every function, the SDK included, in one run of esbuild: a run per function
 * (`NodejsFunction`) takes once for every function as long, and the output, so the asset hash, is the same.
 * @param root the repository
 * @param outdir gets a folder for each function.
 */
export function bundle(root: string, outdir: string): void {
  const entries = FUNCTIONS.map((name) => [`${name}/index`, entryOf(root, name)]);
  const { metafile } = buildSync({
    ...bundling(root),
    entryPoints: { ...Object.fromEntries(entries), evaluator: join(root, EVALUATOR, 'main.ts') },
    metafile: true,
    outdir,
  });
  for (const [file, { inputs }] of Object.entries(metafile.outputs)) {
    // A process of its own, which whoever starts it looks for beside itself.
    if (!(`${EVALUATOR}/pool.ts` in inputs)) continue;
    copyFileSync(join(outdir, 'evaluator.js'), join(root, dirname(file), 'evaluator.js'));
  }
}

function entryOf(root: string, name: string): string {
  const entry = join(root, 'lambdas', name, 'handler.ts');
  if (!existsSync(entry)) throw new Error(`the function ${name} has no lambdas/${name}/handler.ts`);
  return entry;
}
