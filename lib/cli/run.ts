import { type Command, Option } from 'commander';
import { ulid } from 'ulid';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import { saveRunRecord } from '../adapters/embedded/disk/run-record';
import { parseEnvArguments } from '../adapters/embedded/process/environment';
import { checkRunnable } from '../adapters/embedded/runtime/runnable';
import { jobExists } from '../adapters/embedded/runtime/runtime';
import { jobAt, streamOf } from '../core/messages/address';
import type { Resources } from '../core/model/resources';
import { traceContextOf } from '../core/model/trace';
import { createTally } from '../core/projections/tally';
import { annotate, annotateOption, type CiSystem } from './annotate';
import { commandIsAbout } from './audited';
import { readGraph } from './files';
import { type JobOptions, submissionOf, withJobOptions } from './job-options';
import {
  currentUser,
  DEPENDENCIES_OPTION,
  defaultSlots,
  JOURNAL_OPTION,
  layoutAt,
  parseJobId,
  parsePort,
  parseResources,
  parseSlots,
  policiesIn,
  prepareDirectory,
  readSuites,
  say,
} from './options';
import { type ReportFileOptions, reportFilesOf, withReportFiles } from './report-files';
import {
  REPORT_WHEN_OVER,
  type ReportingOptions,
  reportingOf,
  withReportingOptions,
} from './reporting-options';
import { driveJob } from './run-drive';
import { pageOf } from './run-page';
import { type SecretOptions, secretSources, secretsOf, withSecretOptions } from './secret-options';

interface Options extends JobOptions, SecretOptions, ReportingOptions, ReportFileOptions {
  readonly json?: boolean;
  readonly slots?: number;
  readonly journal: string;
  readonly job?: string;
  readonly suites?: string;
  readonly env: readonly string[];
  readonly resources?: Resources;
  readonly dependencies?: string;
  readonly annotate?: CiSystem;
  readonly ui?: boolean;
  readonly uiPort: number;
}

/** `reprise run GRAPH`: runs a graph on this machine. */
export function registerRun(program: Command): void {
  const command = withSecretOptions(withJobOptions(program.command('run')));
  withReportFiles(withReportingOptions(command, REPORT_WHEN_OVER))
    .description('run a graph on this machine')
    .argument('<graph>', 'the graph file, YAML or JSON')
    .option('--json', 'print the result as one JSON document')
    .addOption(slotsOption())
    .option(...JOURNAL_OPTION)
    .option('--job <id>', 'the id of the job; made when not given', parseJobId)
    .option('--suites <file>', 'YAML map from suite id to the command that runs it')
    .addOption(envOption())
    .addOption(resourcesOption())
    .option(...DEPENDENCIES_OPTION)
    .addOption(annotateOption())
    .option('--ui', 'serve a page that shows this run, on this machine alone, and print its address')
    .addOption(
      new Option('--ui-port <port>', 'where the page listens').argParser(parsePort).default(0, 'any'),
    )
    .action(runGraph);
}

/** Commands run where `reprise run` was called; the file may lie elsewhere. */
async function runGraph(file: string, options: Options): Promise<void> {
  const graph = await readGraph(file);
  const suites = options.suites === undefined ? {} : await readSuites(options.suites);
  const slots = options.slots ?? defaultSlots();
  const resources = options.resources === undefined ? {} : { resources: options.resources };
  const policies = await policiesIn(options);
  const reporting = reportingOf(options, process.env);
  checkRunnable(graph, { slots, suites, ...resources });
  const jobId = options.job ?? ulid();
  const layout = layoutAt(options.journal);
  await prepareDirectory(layout);
  commandIsAbout(streamOf(jobAt(jobId)));
  process.stderr.write(`job ${jobId}\n`);
  const files = createFileJournalStore(layout);
  const page = await pageOf(options, { jobId, layout, journal: files, slots });
  const journal = page?.journal ?? files;
  const env = parseEnvArguments(options.env, process.env);
  const record = {
    cwd: process.cwd(),
    source: file,
    slots,
    suites,
    env: namesOf(options.env),
    ...secretSources(options),
    ...resources,
    ...policies,
  };
  try {
    await journal.own(jobId);
    if ((await journal.head(streamOf(jobAt(jobId)))).seq > 0) throw jobExists(jobId);
    await saveRunRecord(layout, jobId, record);
    const trace = traceContextOf(process.env['TRACEPARENT'], process.env['TRACESTATE']);
    const submission = { graph, owner: currentUser(), trace, ...submissionOf(options, Date.now()) };
    const json = options.json === true;
    const secrets = secretsOf(options, process.env, say);
    const drive = {
      ...{ jobId, graph, graphs: new Map(), layout, journal, record, env, secrets, json },
      ...{ reporting, files: reportFilesOf(options), tally: createTally() },
    };
    await driveJob(drive, async (runtime) => {
      await page?.open(runtime);
      await runtime.submit(jobId, submission);
    });
    if (options.annotate) {
      const write = (text: string) => void (json ? process.stderr : process.stdout).write(text);
      await annotate(layout, jobId, { system: options.annotate, write });
    }
    await page?.linger();
  } finally {
    await page?.close();
    await journal.close();
  }
}

/** `--workers` is its older name. */
export function slotsOption(): Option {
  return new Option('--workers, --slots <n>', 'how many attempts this machine runs at a time').argParser(
    parseSlots,
  );
}

export function envOption(): Option {
  return new Option('--env <name>', 'NAME or NAME=VALUE: a variable that commands see; repeatable')
    .argParser((value: string, before: string[]) => [...before, value])
    .default([], 'none beside the common ones');
}

export function resourcesOption(): Option {
  const what = 'NAME=N: how much of a named resource this machine has, which bounds it; repeatable';
  return new Option('--resources <amounts>', what).argParser(parseResources);
}

/** The variables to pass on again when the job is resumed; what was given with a value has to be given again. */
export function namesOf(args: readonly string[]): string[] {
  return args.filter((arg) => !arg.includes('='));
}
