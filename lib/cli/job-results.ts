import { appendFile, stat } from 'node:fs/promises';
import { unwritable } from '../adapters/embedded/disk/file-error';
import type { Layout } from '../adapters/embedded/disk/layout';
import { keptTests } from '../adapters/embedded/runtime/kept-results';
import { JOB_FORMATS, type JobFormat } from '../reports/job-formats';
import { jobReport } from '../reports/job-report';
import type { JobSummary } from './job-summary';
import { timelineIn } from './job-timeline';
import { summaryMarkdown } from './render/summary';

/** GitHub takes 1 MiB of Markdown a step, and none of it when there is more. */
export const SUMMARY_BYTES = 1_024 * 1_024;

/** The results of a whole job in a format. @throws RepriseError JOB_NOT_FOUND */
export async function resultsOf(layout: Layout, jobId: string, format: JobFormat): Promise<string> {
  const { timeline, graph } = await timelineIn(layout, jobId);
  return JOB_FORMATS[format](jobReport(timeline, graph, keptTests(layout, jobId)));
}

/** Adds to a file of Markdown. What stands in it already counts, as the bound is that of the file. */
export async function addSummary(file: string, summary: JobSummary): Promise<void> {
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  try {
    await appendFile(file, summaryMarkdown(summary, Math.max(0, SUMMARY_BYTES - size)));
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** Places are told from where the CI system has checked the repository out, else from here. */
export function rootOfRepository(): string {
  return process.env['GITHUB_WORKSPACE'] || process.env['CI_PROJECT_DIR'] || process.cwd();
}
