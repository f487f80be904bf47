import type { Command } from 'commander';
import type { StreamOptions } from './journal-stream';
import type { ReportFiles } from './report-writer';

/** Files that a job is reported in, as commands that run a job take them. */
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
  files: ReportFiles,
): Promise<void> {
  if (Object.values(files).every((file) => file === undefined)) return;
  // Most runs write none, and need not load what reads journals and draws pages.
  const { writeReports } = await import('./report-writer');
  await writeReports(jobId, options, files);
}
