import { type Command, Option } from 'commander';
import { createFileGraphStore } from '../adapters/embedded/disk/graph-store';
import { hasJournal, jobNotFound } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import { reportOn } from '../core/engine/reporting';
import { present } from '../core/model/present';
import { JOB_FORMATS, type JobFormat } from '../reports/job-formats';
import { type ConnectOptions, withNamedEngine } from './connect';
import { writeText } from './files';
import { invalid } from './invalid';
import { addSummary, resultsOf, rootOfRepository, SUMMARY_BYTES } from './job-results';
import { summariseJob } from './job-summary';
import { layoutAt, parseJobId, say } from './options';
import { printDocument } from './print';
import { githubAnnotations } from './render/annotations';
import { codeQuality } from './render/code-quality';
import { summaryMarkdown } from './render/summary';
import { reportOfEngine } from './report-engine';
import { writeReportFiles } from './report-files';
import type { ReportFiles } from './report-writer';
import { type ReportingOptions, reportingOf, withReportingOptions } from './reporting-options';

interface Options extends ConnectOptions, ReportingOptions, ReportFiles {
  readonly summary?: string;
  readonly annotations?: 'github';
  readonly codeQuality?: string;
  readonly format?: JobFormat;
  readonly out?: string;
  readonly json?: boolean;
  readonly file?: string;
}

/** `reprise report JOB`: what failed, was tried again and is flaky, for people and for CI systems. */
export function registerReport(program: Command): void {
  const command = withNamedEngine(
    program.command('report'),
    'it writes --junit, --ctrf and --format; without it this machine does',
  );
  withReportingOptions(command, 'report the job to this system, once more (docs/reporting.md)')
    .description('say what failed, was tried again and is flaky, for people and for CI systems')
    .argument('[job]', 'the id of the job', parseJobId)
    .option(
      '--file <export>',
      'read this export or archive of its journal instead, offline; for --html, --junit and --ctrf',
    )
    .option('--html <file>', 'write one page that needs nothing else: result, failures, timeline, graph')
    .option('--junit <file>', 'write the results of the whole job as JUnit')
    .option('--ctrf <file>', 'write them as CTRF')
    .option(
      '--summary <file>',
      'add Markdown to this file, such as "$GITHUB_STEP_SUMMARY"; else it is printed',
    )
    .addOption(
      new Option('--annotations <system>', 'print annotations at the lines of tests and nodes').choices([
        'github',
      ]),
    )
    .option('--code-quality <file>', "write GitLab's report of code quality to this file")
    .addOption(
      new Option('--format <format>', 'print the results of the whole job for other tools').choices(
        Object.keys(JOB_FORMATS),
      ),
    )
    .option('--out <file>', 'write what --format asks for to this file instead of standard output')
    .option('--json', 'print one JSON document')
    .action(report);
}

async function report(job: string | undefined, options: Options): Promise<void> {
  checkOutput(options);
  if (options.api !== undefined) return reportOfEngine(jobOf(job), { ...options, api: options.api });
  const { html, junit, ctrf } = options;
  await writeReportFiles(job, options, { html, junit, ctrf });
  const hasWritten = html !== undefined || junit !== undefined || ctrf !== undefined;
  if (options.file === undefined) await reportHere(jobOf(job), options, hasWritten);
  else if (!hasWritten) throw invalid('--file goes with --html, --junit or --ctrf: say what to write');
}

/** @throws RepriseError INPUT_INVALID */
function jobOf(job: string | undefined): string {
  if (job !== undefined) return job;
  throw invalid('name a job, or an export of its journal by --file');
}

async function reportHere(jobId: string, options: Options, hasWritten: boolean): Promise<void> {
  const { summary: file, annotations, codeQuality: quality, format, json } = options;
  const layout = layoutAt(options.journal);
  if (format !== undefined) await writeResults(layout, jobId, { format, ...present({ out: options.out }) });
  if (options.reportTo !== undefined) await reportAgain(layout, jobId, options);
  const isDone = hasWritten || format !== undefined || options.reportTo !== undefined;
  if (isDone && !json && !annotations && quality === undefined && file === undefined) return;
  const summary = await summariseJob(layout, jobId, rootOfRepository());
  // What is printed says that all of it was done.
  if (quality !== undefined) await writeText(quality, codeQuality(summary));
  if (file !== undefined) await addSummary(file, summary);
  if (json) printDocument(summary);
  else if (annotations) process.stdout.write(githubAnnotations(summary));
  else if (quality === undefined && file === undefined) {
    process.stdout.write(summaryMarkdown(summary, SUMMARY_BYTES));
  }
}

/** What prints, prints alone. */
function checkOutput({ json, annotations, format, out }: Options): void {
  const printing = [
    ...(json ? ['--json'] : []),
    ...(annotations ? ['--annotations'] : []),
    ...(format !== undefined && out === undefined ? ['--format without --out'] : []),
  ];
  if (printing.length > 1) {
    const message = `${printing.join(' and ')} ${printing.length > 2 ? 'all' : 'both'} print: give one of them`;
    throw invalid(message);
  }
  if (out !== undefined && format === undefined) {
    throw invalid('--out is where --format writes: say which with --format');
  }
}

async function reportAgain(layout: Layout, jobId: string, options: Options): Promise<void> {
  const reporting = reportingOf(options, process.env);
  const stores = { journal: createFileJournalStore(layout), graphs: createFileGraphStore(layout.graphs) };
  const isKnown =
    (await hasJournal(layout, jobId)) && reporting && (await reportOn({ ...stores, reporting }, jobId));
  if (!isKnown) throw jobNotFound(layout, jobId);
  say(`reported ${jobId} to ${options.reportTo}`);
}

async function writeResults(
  layout: Layout,
  jobId: string,
  { format, out }: { readonly format: JobFormat; readonly out?: string },
): Promise<void> {
  const text = await resultsOf(layout, jobId, format);
  if (out === undefined) process.stdout.write(text);
  else await writeText(out, text);
}
