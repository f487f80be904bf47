import type { Command } from 'commander';
import { createJobClient } from '../adapters/http/job-client';
import { askWhoHas, type ConnectOptions, withJournals } from './connect';
import { jobDesk } from './job-desk';
import { parseJobId } from './options';
import { print } from './print';
import { renderJob } from './render/jobs';
import { colorsFor } from './render/style';

/** `reprise show JOB`: how a job stands, and each of its nodes. */
export function registerShow(program: Command): void {
  withJournals(program.command('show'))
    .description('show how a job stands, and each of its nodes')
    .argument('<job>', 'the id of the job', parseJobId)
    .option('--json', 'print one JSON document, as `GET /jobs/{id}` answers it')
    .action(async (jobId: string, options: ConnectOptions & { readonly json?: boolean }) => {
      // A daemon knows when it will be over, too.
      const served = await askWhoHas(createJobClient, options, (client) => client.get(jobId));
      const view = served ?? (await jobDesk(options).get(jobId));
      print(options, view, () => renderJob(view, colorsFor(process.stdout)));
    });
}
