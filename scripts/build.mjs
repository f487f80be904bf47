// Bundles the command line and the library into dist/, with all that they need: the package has no dependencies. Runs on
// `npm ci` (prepare), so `npx reprise` works at once. Names are kept, so that the stack of a fault can be read.
import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { noticesOf } from './notices.mjs';

/** What programs import: `exports` of package.json has a line for each. */
const LIBRARY = { index: 'lib/library/index.ts', client: 'lib/client/index.ts' };

const shared = {
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
};
const built = await Promise.all([
  build({
    ...shared,
    entryPoints: { reprise: 'bin/reprise.ts' },
    banner: { js: '#!/usr/bin/env node' },
  }),
  build({
    ...shared,
    entryPoints: {
      // Two processes of their own, which the command line looks for beside itself.
      evaluator: 'lib/adapters/evaluator/main.ts',
      'chaos-player': 'lib/chaos/player.ts',
      ...Object.fromEntries(Object.entries(LIBRARY).filter(([, file]) => existsSync(file))),
    },
  }),
]);
await writeFile('dist/THIRD-PARTY-NOTICES.txt', await noticesOf(built.map(({ metafile }) => metafile)));
await chmod('dist/reprise.js', 0o755);
