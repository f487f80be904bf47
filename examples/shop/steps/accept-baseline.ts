// Makes a job's picture of the catalogue the one later jobs are compared with:
// node --import tsx examples/shop/steps/accept-baseline.ts JOB
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BASELINE } from '../test/support/screenshots';
import { jobDirectory } from './job';

await mkdir(dirname(BASELINE), { recursive: true });
await copyFile(join(jobDirectory(process.argv[2]), 'results/screenshots/catalogue.png'), BASELINE);
console.log(`Accepted as ${BASELINE}`);
