// Bundles the command line and the library into dist/, with all that they need: the package has no dependencies. Runs on
// `npm ci` (prepare), so `npx reprise` works at once. Names are kept, so that the stack of a fault can be read.
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { noticesOf } from './notices.mjs';

/** What programs import: `exports` of package.json has a line for each. */
const LIBRARY = { index: 'lib/library/index.ts', client: 'lib/client/index.ts' };

/** Later versions of Node.js keep what they have compiled; 20 has not learned it. */
const LAUNCHER = `#!/usr/bin/env node
require('node:module').enableCompileCache?.();
require('./cli/reprise.js');
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
await mkdir('dist', { recursive: true });
const draft = await mkdtemp('dist/cli-');
const built = await Promise.all([
  buildPieces(draft),
  build({ ...shared, outdir: 'dist', format: 'cjs', entryPoints: LIBRARY }),
]);
await chmod(draft, 0o755);
await putInPlace(draft, 'dist/cli');
await writeFile('dist/reprise.js', LAUNCHER, { mode: 0o755 });
await writeFile('dist/THIRD-PARTY-NOTICES.txt', await noticesOf(built.map(({ metafile }) => metafile)));

/**
 * In pieces that are read when they are needed: a command reads its own, and what it shares with others. They are cut as
 * ECMAScript modules, and kept as CommonJS, of which Node.js loads a hundred in half the time.
 */
async function buildPieces(outdir) {
  const cut = await mkdtemp('dist/cut-');
  try {
    const { metafile } = await build({
      ...shared,
      outdir: cut,
      format: 'esm',
      splitting: true,
      entryPoints: {
        reprise: 'bin/reprise.ts',
        // Two processes of their own, which the command line looks for beside itself.
        evaluator: 'lib/adapters/evaluator/main.ts',
        'chaos-player': 'lib/chaos/player.ts',
      },
    });
    const pieces = (await readdir(cut)).filter((name) => name.endsWith('.js'));
    const entryPoints = pieces.map((name) => `${cut}/${name}`);
    // Without `import()` each piece is required when its command needs it.
    const supported = { 'dynamic-import': false };
    await build({ ...shared, bundle: false, outdir, format: 'cjs', supported, entryPoints });
    return { metafile };
  } finally {
    await rm(cut, { recursive: true, force: true });
  }
}

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
