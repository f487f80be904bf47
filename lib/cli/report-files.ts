import type { Command } from 'commander';
import { writeJobCtrf } from '../reports/write-job-ctrf';
import { writeJobJUnit } from '../reports/write-job-junit';
import { jobPage, recordedJob } from './job-page';
import { writeReport } from './job-results';
import { namedStream, type StreamOptions } from './journal-stream';
import { journalOption } from './options';
import { jobHtml } from './render/job-page/page';

/** Files that a job is reported in. */
export interface ReportFiles {
  readonly html?: string | undefined;
  readonly junit?: string | undefined;
  readonly ctrf?: string | undefined;
}

/** The same, as commands that run a job take them. */
export interface ReportFileOptions {
  readonly reportHtml?: string;
  readonly reportJunit?: string;
  readonly reportCtrf?: string;
}

export function withReportFiles(command: Command): Command {
  return command
    .option('--report-html <file>', 'write what became of the job to this page when it is over')
    .option('--report-junit <file>', 'the same as JUnit')
    .option('--report-ctrf <file>', 'the same as CTRF');
}

export function reportFilesOf({ reportHtml, reportJunit, reportCtrf }: ReportFileOptions): ReportFiles {
  return { html: reportHtml, junit: reportJunit, ctrf: reportCtrf };
}

/**
 * Writes the reports of a job that are asked for.
 * @param jobId absent where `file` of the options names an export
 * @throws RepriseError JOB_NOT_FOUND, JOURNAL_CORRUPT, INPUT_INVALID where a file cannot be written
 */
export async function writeReportFiles(
  jobId: string | undefined,
  options: StreamOptions,
  { html, junit, ctrf }: ReportFiles,
): Promise<void> {
  if (html === undefined && junit === undefined && ctrf === undefined) return;
  const named = await namedStream(jobId, options);
  const job = await recordedJob(named);
  const page = html !== undefined && (await jobPage(job, named, journalOption(named.layout)));
  if (page) await writeReport(html, jobHtml(page, Date.now()));
  if (junit !== undefined) await writeReport(junit, writeJobJUnit(job.report));
  if (ctrf !== undefined) await writeReport(ctrf, writeJobCtrf(job.report));
}
