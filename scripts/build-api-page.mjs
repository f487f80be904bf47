// Puts the page of the REST API into dist/api: what draws the document comes as it is published.
import { cp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const drawn = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

await rm('dist/api', { recursive: true, force: true });
await cp('dashboard/api', 'dist/api', { recursive: true });
for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css'])
  await cp(join(drawn, file), join('dist/api', file));
