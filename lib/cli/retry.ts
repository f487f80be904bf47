import type { Command } from 'commander';
import { createJobClient } from '../adapters/http/job-client';
import { LIMITS } from '../core/limits';
import { present } from '../core/model/present';
import { askWhoHas, type ConnectOptions, withConnection } from './connect';
import { type GoOnOptions, goOnWith, withGoOnOptions } from './go-on';
import { wholeNumber } from './numbers';
import { parseJobId } from './options';
import { print } from './print';

type Options = GoOnOptions & ConnectOptions & { readonly reason: string; readonly level?: number };

/** `reprise retry JOB [NODE...]`: what waits for its next attempt begins it now, what failed runs again. */
export function registerRetry(program: Command): void {
  withConnection(withGoOnOptions(program.command('retry')))
    .description(
      'try nodes of a job again: by the engine that has the job, or else here; what they need and what was skipped because of them runs again with them',
    )
    .argument('<job>', 'the id of the job', parseJobId)
    .argument('[nodes...]', 'ids of nodes; whatever can be tried again, where none is named')
    .option('--reason <text>', 'why; the journal keeps it', 'tried again from the command line')
    .option(
      '--level <n>',
      'how far to go at most, 1 to 3; as far as it takes by default',
      wholeNumber('--level', { most: LIMITS.retryLevel }),
    )
    .action(retryJob);
}

async function retryJob(jobId: string, nodes: readonly string[], options: Options): Promise<void> {
  const { reason, level } = options;
  const order = { reason, ...present({ level, nodes: nodes.length > 0 ? [...nodes] : undefined }) };
  const asked = await askWhoHas(createJobClient, options, (client) => client.retry(jobId, order));
  if (asked === undefined) return goOnWith(jobId, options, (runtime) => runtime.retry(jobId, order));
  const { status } = asked;
  const answer = { jobId, status };
  print(options, answer, () => `job ${jobId} is asked to try again what can be (it is ${status})\n`);
}
