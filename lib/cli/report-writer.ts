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

/** Writes a job, read from its journal or an export of it, into each of these files. See `writeReportFiles`. */
export async function writeReports(
  jobId: string | undefined,
  options: StreamOptions,
  { html, junit, ctrf }: ReportFiles,
): Promise<void> {
  const named = await namedStream(jobId, options);
  const job = await recordedJob(named);
  const page = html !== undefined && (await jobPage(job, named, journalOption(named.layout)));
  if (page) await writeReport(html, jobHtml(page, Date.now()));
  if (junit !== undefined) await writeReport(junit, writeJobJUnit(job.report));
  if (ctrf !== undefined) await writeReport(ctrf, writeJobCtrf(job.report));
}
