import { type Command, Option } from 'commander';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import { createJobClient, type RecoveriesFilter, type RetriesFilter } from '../adapters/http/job-client';
import { recoveriesIn, retriesIn } from '../api/job-recoveries';
import { type JobRecoveries, type JobRetries, RECOVERY_STATUSES } from '../contract/recoveries';
import { OUTCOMES } from '../core/model/outcome';
import { RECOVERY_CAUSES, RECOVERY_STRATEGIES } from '../core/model/recovery';
import { askBy, type ConnectOptions, withJournals } from './connect';
import { replayedJob } from './job-view';
import { layoutAt, parseJobId } from './options';
import { print } from './print';
import { recoveriesText, retriesText } from './render/recoveries';
import { colorsFor } from './render/style';

type Options = ConnectOptions & { readonly json?: boolean };

/** `reprise retries JOB`: what was tried again in a job, and what that came to. */
export function registerRetries(program: Command): void {
  withJournals(program.command('retries'))
    .description('say which nodes of a job were tried again, and what that came to')
    .argument('<job>', 'the id of the job', parseJobId)
    .addOption(new Option('--outcome <outcome>', 'only nodes that ended so').choices(OUTCOMES))
    .option('--json', 'print one JSON document')
    .action(retries);
}

/** `reprise recoveries JOB`: what was recovered in a job, and how. */
export function registerRecoveries(program: Command): void {
  withJournals(program.command('recoveries'))
    .description('say what was recovered in a job: lost attempts, ended workflows')
    .argument('<job>', 'the id of the job', parseJobId)
    .addOption(new Option('--cause <cause>', 'only what was lost so').choices(RECOVERY_CAUSES))
    .addOption(new Option('--strategy <strategy>', 'only what was done so').choices(RECOVERY_STRATEGIES))
    .addOption(new Option('--status <status>', 'only what stands so').choices(RECOVERY_STATUSES))
    .option('--json', 'print one JSON document')
    .action(recoveries);
}

async function retries(jobId: string, options: Options & RetriesFilter): Promise<void> {
  const { outcome } = options;
  const found =
    options.api === undefined
      ? await retriesHere(options.journal, jobId, { outcome })
      : await askBy(createJobClient, options, (client) => client.retries(jobId, { outcome }));
  print(options, found, () => retriesText(found, colorsFor(process.stdout)));
}

async function recoveries(jobId: string, options: Options & RecoveriesFilter): Promise<void> {
  const { cause, strategy, status } = options;
  const filter = { cause, strategy, status };
  const found =
    options.api === undefined
      ? await recoveriesHere(options.journal, jobId, filter)
      : await askBy(createJobClient, options, (client) => client.recoveries(jobId, filter));
  print(options, found, () => recoveriesText(found, colorsFor(process.stdout)));
}

/** One page holds all of them. */
const WHOLE = { limit: Number.POSITIVE_INFINITY };

/** A journal can be read while another process writes it. */
async function retriesHere(dir: string, jobId: string, filter: RetriesFilter): Promise<JobRetries> {
  const layout = layoutAt(dir);
  const { view } = await replayedJob(layout, jobId);
  const query = { ...filter, ...WHOLE, sort: '-retries' } as const;
  return retriesIn(createFileJournalStore(layout), jobId, view, query);
}

async function recoveriesHere(dir: string, jobId: string, filter: RecoveriesFilter): Promise<JobRecoveries> {
  const layout = layoutAt(dir);
  await replayedJob(layout, jobId);
  const query = { ...filter, ...WHOLE, sort: 'started_at' } as const;
  return recoveriesIn(createFileJournalStore(layout), jobId, query);
}
