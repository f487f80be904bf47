import { mkdirSync, writeFileSync } from 'node:fs';
import { ENVIRONMENT_NAMES } from '../lib/config/environments';
import { RECORDED, recordOf } from '../test/infra/support/recorded';

/** Records what is deployed of every environment: prod, and how the others differ from it. A test compares. */
mkdirSync(RECORDED, { recursive: true });
for (const name of ENVIRONMENT_NAMES) writeFileSync(`${RECORDED}/${name}.txt`, recordOf(name));
