// Stops what the job left running and forgets old jobs. This job's results stay.
import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { stopSandbox } from '../sandbox/control';
import { JOBS } from './job';

const MS_KEPT = 24 * 3600 * 1000;

console.log((await stopSandbox()) ? 'The payment sandbox is stopped.' : 'No payment sandbox was running.');

const jobs = existsSync(JOBS) ? await readdir(JOBS) : [];
for (const name of jobs.filter((entry) => !entry.startsWith('.'))) {
  const directory = join(JOBS, name);
  const { mtimeMs } = await stat(directory);
  if (Date.now() - mtimeMs > MS_KEPT) await rm(directory, { recursive: true, force: true });
}
