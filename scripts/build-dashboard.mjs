// Bundles the page that a daemon serves into dist/dashboard: all it needs is in it. Runs on `npm ci` (prepare).
import { cp, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { noticesOf } from './notices.mjs';

await rm('dist/dashboard', { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { main: 'dashboard/src/main.tsx' },
  outdir: 'dist/dashboard',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
});
await cp('dashboard/index.html', 'dist/dashboard/index.html');
await writeFile('dist/dashboard/THIRD-PARTY-NOTICES.txt', await noticesOf([metafile]));
