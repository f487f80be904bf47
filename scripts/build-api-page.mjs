// Puts the page of the REST API into dist/api: what draws the document comes as it is published.
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const drawn = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

await rm('dist/api', { recursive: true, force: true });
await cp('dashboard/api', 'dist/api', { recursive: true });
for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css'])
  await cp(join(drawn, file), join('dist/api', file));
// Whose code that is, and under which licences, its package says.
const said = await Promise.all(
  ['NOTICE', 'LICENSE', 'swagger-ui-bundle.js.LICENSE.txt'].map((file) =>
    readFile(join(drawn, file), 'utf8').catch(() => ''),
  ),
);
await writeFile('dist/api/THIRD-PARTY-NOTICES.txt', said.filter(Boolean).join('\n'));
