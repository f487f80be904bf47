import { writeFileSync } from 'node:fs';
import { openApi } from '../lib/api/openapi';
import { version } from '../package.json';

/** Keeps the document of the REST API: docs/openapi.json. */
writeFileSync('docs/openapi.json', `${JSON.stringify(openApi(version), undefined, 1)}\n`);
