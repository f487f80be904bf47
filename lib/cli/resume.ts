import type { Command } from 'commander';
import { exists } from '../adapters/embedded/disk/durable';
import { createFileGraphStore } from '../adapters/embedded/disk/graph-store';
import { assertJournal, jobNotFound } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import { loadRunRecord } from '../adapters/embedded/disk/run-record';
import { parseEnvArguments } from '../adapters/embedded/process/environment';
import { checkRunnable } from '../adapters/embedded/runtime/runnable';
import type { EmbeddedRuntime } from '../adapters/embedded/runtime/runtime';
import type { JobSubmitted } from '../core/job/events';
import { jobAt, streamOf } from '../core/messages/address';
import { present } from '../core/model/present';
import type { Resources } from '../core/model/resources';
import type { JournalStore } from '../core/ports/stores';
import { createTally, type Tally } from '../core/projections/tally';
import {
  DEPENDENCIES_OPTION,
  JOURNAL_OPTION,
  layoutAt,
  parseJobId,
  policiesIn,
  readSuites,
  say,
  sayIfOpen,
} from './options';
import { envOption, resourcesOption, slotsOption } from './run';
import { driveJob } from './run-drive';
import { type SecretOptions, secretSources, secretsOf, withSecretOptions } from './secret-options';

interface Options extends SecretOptions {
  readonly json?: boolean;
  readonly slots?: number;
  readonly journal: string;
  readonly suites?: string;
  readonly env: readonly string[];
  readonly resources?: Resources;
  readonly dependencies?: string;
  /** Prints no result: whoever asked prints another. */
  readonly silent?: true;
}

/** What a command that goes on with a job takes. */
export type GoOnOptions = Options;

/** `reprise resume JOB`: goes on with a job whose process died, or that ended without success. */
export function registerResume(program: Command): void {
  withGoOnOptions(program.command('resume'))
    .description('go on with a job whose process died or that failed; finished nodes are not run again')
    .argument('<job>', 'the id of the job', parseJobId)
    .option(...JOURNAL_OPTION)
    .action((jobId: string, options: Options) =>
      goOnWith(jobId, options, (runtime) => runtime.resume(jobId, 'resumed from the command line')),
    );
}

export function withGoOnOptions(command: Command): Command {
  return withSecretOptions(command)
    .option('--json', 'print the result as one JSON document')
    .addOption(slotsOption())
    .option('--suites <file>', 'suites in place of those the job was started with')
    .addOption(envOption())
    .addOption(resourcesOption())
    .option(...DEPENDENCIES_OPTION);
}

/** Runs a job of the journal to its end in this process, from `begin` on. */
export async function goOnWith(
  jobId: string,
  options: Options,
  begin: (runtime: EmbeddedRuntime) => Promise<void>,
): Promise<void> {
  const layout = layoutAt(options.journal);
  if (!exists(layout.journal(jobId))) throw jobNotFound(layout, jobId);
  sayIfOpen(layout);
  const journal = createFileJournalStore(layout);
  try {
    await journal.own(jobId);
    await assertJournal(layout, jobId);
    const saved = await loadRunRecord(layout, jobId);
    const record = {
      ...saved,
      ...secretSources({
        ...present({ secretsDir: saved.secretsDir }),
        ...options,
        secret: { ...saved.secret, ...options.secret },
      }),
      slots: options.slots ?? saved.slots,
      suites: options.suites === undefined ? saved.suites : await readSuites(options.suites),
      ...(options.resources === undefined ? {} : { resources: options.resources }),
      ...(await policiesIn(options)),
    };
    const env = parseEnvArguments([...saved.env, ...options.env], process.env);
    const { tally, graphHash } = await recall(journal, jobId);
    const graph = await createFileGraphStore(layout.graphs).get(graphHash);
    checkRunnable(graph, record);
    const done = `${tally.finished()} of ${graph.nodes.length} nodes are done`;
    process.stderr.write(`job ${jobId}: ${done}\n`);
    const secrets = secretsOf({ secret: {}, ...record }, process.env, say);
    const json = options.json === true;
    const silent = options.silent === true;
    const drive = { jobId, graph, layout, journal, record, env, secrets, json, silent, tally };
    await driveJob(drive, begin);
  } finally {
    await journal.close();
  }
}

/** What the journal says already. Its first event names the graph. */
async function recall(journal: JournalStore, jobId: string): Promise<{ tally: Tally; graphHash: string }> {
  const tally = createTally();
  let graphHash = '';
  for await (const event of journal.read(streamOf(jobAt(jobId)))) {
    if (event.type === 'job.submitted') graphHash = (event.data as JobSubmitted).graphHash;
    tally.apply(event);
  }
  return { tally, graphHash };
}
