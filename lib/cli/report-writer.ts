import { JOB_FORMATS, type JobFormat } from '../reports/job-formats';
import { writeText } from './files';
import { jobPage, recordedJob } from './job-page';
import { namedStream, type StreamOptions } from './journal-stream';
import { journalOption } from './options';
import { jobHtml } from './render/job-page/page';

/** Files that a job is reported in, by their format. */
export type ReportFiles = { readonly [Format in 'html' | JobFormat]?: string | undefined };

/** Writes a job, read from its journal or an export of it, into each of these files. See `writeReportFiles`. */
export async function writeReports(
  jobId: string | undefined,
  options: StreamOptions,
  { html, ...others }: ReportFiles,
): Promise<void> {
  const named = await namedStream(jobId, options);
  const job = await recordedJob(named);
  const page = html !== undefined && (await jobPage(job, named, journalOption(named.layout)));
  if (page) await writeText(html, jobHtml(page, Date.now()));
  for (const [format, file] of Object.entries(others)) {
    if (file !== undefined) await writeText(file, JOB_FORMATS[format as JobFormat](job.report));
  }
}
