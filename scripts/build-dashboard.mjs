// Bundles the page that a daemon serves into dist/dashboard: all it needs is in it. Runs on `npm ci` (prepare).
import { cp, rm } from 'node:fs/promises';
import { build } from 'esbuild';

await rm('dist/dashboard', { recursive: true, force: true });
await build({
  entryPoints: { main: 'dashboard/src/main.tsx' },
  outdir: 'dist/dashboard',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'warning',
});
await cp('dashboard/index.html', 'dist/dashboard/index.html');
