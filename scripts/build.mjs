// Bundles the command line into dist/. Runs on `npm ci` (prepare), so `npx reprise` works at once.
// The AWS SDK and the CDK stay outside the bundle: most commands never load them.
import { chmod } from 'node:fs/promises';
import { build } from 'esbuild';

await build({
  // The other two are processes of their own, which the command line looks for beside itself.
  entryPoints: {
    reprise: 'bin/reprise.ts',
    evaluator: 'lib/adapters/evaluator/main.ts',
    'chaos-player': 'lib/chaos/player.ts',
  },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  sourcemap: true,
  external: ['@aws-sdk/*', 'aws-cdk-lib', 'constructs'],
  banner: { js: '#!/usr/bin/env node' },
  logLevel: 'warning',
});
await chmod('dist/reprise.js', 0o755);
