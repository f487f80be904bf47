// Bundles the page into dist/dashboard: all it needs is in it. Runs on `npm ci` (prepare).
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { noticesOf } from './notices.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

// Whoever builds it, such as a test, may call its own environment otherwise: what is built is for use.
process.env.NODE_ENV = 'production';

const { output } = await build({
  configFile: false,
  root: at('dashboard'),
  // It is served beside the API, wherever that is.
  base: './',
  publicDir: false,
  logLevel: 'warn',
  esbuild: { jsx: 'automatic', target: 'es2022' },
  resolve: {
    // Journals are verified by the engine's own code, over the hashes of a library that browsers can run.
    alias: { 'node:crypto': at('dashboard/src/verify/hashes.ts') },
  },
  worker: { format: 'es' },
  build: {
    // As the other builds, into the folder from which it is run.
    outDir: resolve('dist/dashboard'),
    emptyOutDir: true,
    target: 'es2022',
    // Flat: the daemon serves one folder.
    assetsDir: '.',
    // No file is put into another as `data:`, which the policy of the page does not let run.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'manifest.json',
    rollupOptions: {
      output: {
        entryFileNames: '[name]-[hash].js',
        chunkFileNames: '[name]-[hash].js',
        assetFileNames: '[name]-[hash][extname]',
      },
    },
  },
});

// Styles and workers are not listed by module: the packages that have them are named.
const code = output.flatMap(({ moduleIds = [] }) => moduleIds).map((id) => id.replace(/^\0|\?.*$/g, ''));
const beside = ['@dagrejs/dagre', '@dagrejs/graphlib'].map((name) => at(`node_modules/${name}/index.js`));
const inputs = Object.fromEntries([...code, ...beside].map((id) => [id, {}]));
await writeFile(resolve('dist/dashboard/THIRD-PARTY-NOTICES.txt'), await noticesOf([{ inputs }]));
