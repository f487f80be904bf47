import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ENVIRONMENT_NAMES } from '../lib/config/environments';
import { RECORDED, recordOf } from '../test/infra/support/recorded';
import { QUOTAS_PAGE, withSizes } from '../test/infra/support/stack-sizes';

/**
 * Records what is deployed of every environment: prod, and how the others differ from it; and what each stack takes of
 * CloudFormation's quotas. A test compares.
 */
mkdirSync(RECORDED, { recursive: true });
for (const name of ENVIRONMENT_NAMES) writeFileSync(`${RECORDED}/${name}.txt`, recordOf(name));
writeFileSync(QUOTAS_PAGE, withSizes(readFileSync(QUOTAS_PAGE, 'utf8')));
