// Bundles the command line and the library into dist/, with all that they need: the package has no dependencies. Runs on
// `npm ci` (prepare), so `npx reprise` works at once. Names are kept, so that the stack of a fault can be read.
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { noticesOf } from './notices.mjs';

/** What programs import: `exports` of package.json has a line for each. */
const LIBRARY = { index: 'lib/library/index.ts', client: 'lib/client/index.ts' };

/** Later versions of Node.js keep what they have compiled; 20 has not learned it. */
const LAUNCHER = `#!/usr/bin/env node
require('node:module').enableCompileCache?.();
import('./cli/reprise.js');
`;

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
};
/** What CommonJS has, for packages that were written for it. */
const COMMONJS = `import { createRequire as $createRequire } from 'node:module';
import { dirname as $dirname } from 'node:path';
import { fileURLToPath as $fileURLToPath } from 'node:url';
const require = $createRequire(import.meta.url);
const __filename = $fileURLToPath(import.meta.url);
const __dirname = $dirname(__filename);`;

await mkdir('dist', { recursive: true });
const draft = await mkdtemp('dist/cli-');
const built = await Promise.all([
  // In pieces that are read when they are needed: a command reads its own, and what it shares with others.
  build({
    ...shared,
    outdir: draft,
    format: 'esm',
    splitting: true,
    banner: { js: COMMONJS },
    entryPoints: {
      reprise: 'bin/reprise.ts',
      // Two processes of their own, which the command line looks for beside itself.
      evaluator: 'lib/adapters/evaluator/main.ts',
      'chaos-player': 'lib/chaos/player.ts',
    },
  }),
  build({ ...shared, outdir: 'dist', format: 'cjs', entryPoints: LIBRARY }),
]);
await writeFile(`${draft}/package.json`, '{ "type": "module" }\n');
await chmod(draft, 0o755);
await putInPlace(draft, 'dist/cli');
await writeFile('dist/reprise.js', LAUNCHER, { mode: 0o755 });
await writeFile('dist/THIRD-PARTY-NOTICES.txt', await noticesOf(built.map(({ metafile }) => metafile)));

/** In a moment: whoever runs what was there reads its pieces as it needs them, and what has not changed has the same name. */
async function putInPlace(made, place) {
  for (let isThere = false; !isThere; ) {
    // Another build may be quicker, and its pieces are gone from there as well.
    const last = await mkdtemp(`${made}-last-`);
    await rename(place, last).catch(ignore('ENOENT'));
    isThere = await rename(made, place).then(() => true, ignore('ENOTEMPTY'));
    await rm(last, { recursive: true, force: true });
  }
}

function ignore(expected) {
  return (error) => {
    if (error.code !== expected) throw error;
    return false;
  };
}
