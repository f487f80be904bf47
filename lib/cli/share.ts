import type { Command } from 'commander';
import { createJobClient } from '../adapters/http/job-client';
import { askBy, type ConnectOptions, withConnection } from './connect';
import { parseJobId } from './options';
import { print } from './print';

type Options = ConnectOptions & { readonly json?: boolean };

/** `reprise share JOB USER`: the user may use the job as its owner does. */
export function registerShare(program: Command): void {
  register(program, 'share', 'let a user use a job as its owner does: see it, and give it commands');
}

/** `reprise unshare JOB USER`: not any more. */
export function registerUnshare(program: Command): void {
  register(program, 'unshare', 'take back what a job was shared with a user for');
}

function register(program: Command, verb: 'share' | 'unshare', description: string): void {
  withConnection(program.command(verb))
    .description(description)
    .argument('<job>', 'the id of the job', parseJobId)
    .argument('<user>', 'the subject of their token; behind their tenant and a /, where there are tenants')
    .option('--json', 'print the answer as JSON')
    .action(async (jobId: string, user: string, options: Options) => {
      const { status } = await askBy(createJobClient, options, (client) => client[verb](jobId, user));
      const done = verb === 'share' ? `is shared with ${user}` : `is not shared with ${user} any more`;
      print(options, { jobId, status, user }, () => `job ${jobId} ${done} (it is ${status})\n`);
    });
}
