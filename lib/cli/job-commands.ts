import type { Command } from 'commander';
import type { Order } from '../adapters/embedded/disk/orders';
import { type ConnectOptions, withConnection } from './connect';
import { orderJob } from './job-desk';
import { parseJobId } from './options';
import { print } from './print';

type Options = ConnectOptions & { readonly json?: boolean; readonly reason: string; readonly force?: true };

const WHO = 'by the engine that has it, or by the process that runs it';

/** `reprise cancel JOB`. */
export function registerCancel(program: Command): void {
  ordering(program, 'cancel', `cancel a job, ${WHO}; what cleans up (\`trigger: always\`) runs first`)
    .option('--reason <text>', 'why; the journal keeps it', 'cancelled from the command line')
    .option('--force', 'what cleans up is ended too')
    .action((jobId: string, { reason, force, ...options }: Options) =>
      give(jobId, { type: 'cancel', reason, ...(force ? { force } : {}) }, options),
    );
}

/** `reprise pause JOB`. */
export function registerPause(program: Command): void {
  ordering(program, 'pause', `hand out nothing more of a job, ${WHO}; what runs goes on`)
    .option('--reason <text>', 'why; the journal keeps it', 'paused from the command line')
    .action((jobId: string, { reason, ...options }: Options) =>
      give(jobId, { type: 'pause', reason }, options),
    );
}

/** `reprise unpause JOB`. */
export function registerUnpause(program: Command): void {
  ordering(program, 'unpause', `go on with a job that is paused, ${WHO}`)
    .option('--reason <text>', 'why; the journal keeps it', 'unpaused from the command line')
    .action((jobId: string, { reason, ...options }: Options) =>
      give(jobId, { type: 'unpause', reason }, options),
    );
}

function ordering(program: Command, name: string, description: string): Command {
  return withConnection(program.command(name))
    .description(description)
    .argument('<job>', 'the id of the job', parseJobId)
    .option('--json', 'print one JSON document');
}

const ASKED = { cancel: 'be cancelled', pause: 'pause', unpause: 'go on' } as const;

async function give(
  jobId: string,
  order: Order,
  options: ConnectOptions & { readonly json?: boolean },
): Promise<void> {
  const status = await orderJob(jobId, order, options);
  const text = `job ${jobId} is asked to ${ASKED[order.type]} (it is ${status})\n`;
  print(options, { jobId, status }, () => text);
}
